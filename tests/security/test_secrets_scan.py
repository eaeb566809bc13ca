from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tools.audit_secrets import BASELINE, fresh, in_history, known_hashes, listed

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


def test_digests_of_a_model_that_was_built_anew_are_no_secrets(tmp_path: Path) -> None:
    """By their whole line; the same digits elsewhere are looked at."""
    digest = hashlib.sha256(b"a build").hexdigest()
    file = tmp_path / "manifest.json"
    digests = {
        "arrays.npz": digest,
        "training_sha256": digest,
        "digest": digest[:16],
        "catalogue": digest[:12],
    }
    file.write_text(json.dumps(digests, indent=2))
    assert not list(fresh(BASE, [str(file)]))
    file.write_text(json.dumps({"api_key": digest}, indent=2))
    assert list(fresh(BASE, [str(file)]))


def test_what_is_listed_is_known_and_not_shown(tmp_path: Path) -> None:
    """A baseline of a file passes that file, and holds digests alone."""
    file = tmp_path / "settings.py"
    file.write_text(f'API = "{TOKEN}"\n')
    results = listed(BASE, [str(file)])
    assert not list(fresh(BASE | {"results": results}, [str(file)]))
    assert TOKEN not in json.dumps(results)


def test_a_token_that_a_commit_added_is_found_though_it_is_gone() -> None:
    """By its commit; lines that were only taken away or stand around are not looked at."""
    log = f'commit 0123456789abcdef\n-API = "{TOKEN}"\n+API = "{TOKEN}"\n'
    assert list(in_history(BASE, log)) == ["commit 0123456789ab: GitHub Token"]


def test_the_baseline_holds_no_secret_and_no_file_that_is_gone() -> None:
    """Digests only, of files that exist."""
    known = known_hashes(BASE)
    assert all(len(digest) == 40 for digests in known.values() for digest in digests)
    assert not [file for file in known if not (ROOT / file).exists()]
