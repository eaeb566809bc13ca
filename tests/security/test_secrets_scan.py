from __future__ import annotations

import json
from pathlib import Path

from tools.audit_secrets import BASELINE, fresh, in_history, known_hashes

ROOT = Path(__file__).parents[2]
BASE = json.loads((ROOT / BASELINE).read_text())
# Put together here, so that the scan does not find it.
TOKEN = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"


def test_a_token_in_a_file_is_found_and_not_shown(tmp_path: Path) -> None:
    """By file, line and kind."""
    file = tmp_path / "settings.py"
    file.write_text(f'FIRST = 1\nAPI = "{TOKEN}"\n')
    found = list(fresh(BASE, [str(file)]))
    assert any(f"{file}, line 2: GitHub Token" in line for line in found)
    assert TOKEN not in "".join(found)


def test_a_token_that_a_commit_added_is_found_though_it_is_gone() -> None:
    """By its commit; lines that were only taken away or stand around are not looked at."""
    log = f'commit 0123456789abcdef\n-API = "{TOKEN}"\n+API = "{TOKEN}"\n'
    assert list(in_history(BASE, log)) == ["commit 0123456789ab: GitHub Token"]


def test_the_baseline_holds_no_secret_and_no_file_that_is_gone() -> None:
    """Digests only, of files that exist."""
    known = known_hashes(BASE)
    assert all(len(digest) == 40 for digests in known.values() for digest in digests)
    assert not [file for file in known if not (ROOT / file).exists()]
