from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.store.findings import Findings
from detector.store.hook_records import Control
from detector.store.opening import open_database, open_store
from detector.stream.calibrated import AUTHOR, KIND, Calibration
from tests.docs.written import ROOT, blocks, calls
from tests.support.exported import NOW, alert_of, campaign_dossier, conclude, keep_dossier
from tests.support.stores import verdict_of

if TYPE_CHECKING:
    from pathlib import Path

PAGE: Final = (ROOT / "docs/incidents.md").read_text(encoding="utf-8")
CAMPAIGN: Final = "cmp_9d12"
GROUPS: Final = ("export", "audit", "policy")
"""Commands on a store; the others take logs and models, and have tests of their own."""


@pytest.fixture
def url(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store with calibrated thresholds, an alerted campaign, a verdict; and the folder to work in."""
    shutil.copy(sqlite_template, tmp_path / "store.db")
    shutil.copy(ROOT / "detector/hook/policy/default.toml", tmp_path / "policy.toml")
    monkeypatch.chdir(tmp_path)
    found = f"sqlite:///{tmp_path / 'store.db'}"
    conclude(found, alert_of(subject=CAMPAIGN))
    with closing(open_database(found)) as database:
        keep_dossier(database, "campaign", CAMPAIGN, campaign_dossier(campaign_id=CAMPAIGN))
    with closing(open_store(found)) as store:
        lease = store.lead("leader", NOW, 1000)
        assert lease is not None
        store.conclude(lease, Findings(2, verdicts=[verdict_of("acct_77")]), NOW)
        told = msgspec.json.encode(Calibration(calibrated=True, source="march"))
        store.control([Control(KIND, "", told)], AUTHOR, "thresholds: march", NOW)
    return found


def test_the_commands_of_the_playbook_do_what_it_says(url: str, tmp_path: Path) -> None:
    """Each on the store, in the order of the page; what is to be exported is there afterwards."""
    asked = [said for block in blocks(PAGE) for said in calls(block) if said[0] in GROUPS]
    assert {said[0] for said in asked} == set(GROUPS)
    for said in asked:
        done = CliRunner().invoke(make_app(list(GROUPS)), said, env={"STILLWATCH_STORE": url})
        assert done.exit_code == 0, f"{said}: {done.output}"
    for name in ("cmp_9d12.json", "cmp_9d12.html", "cmp_9d12.stix.json"):
        assert CAMPAIGN in (tmp_path / name).read_text(encoding="utf-8")
