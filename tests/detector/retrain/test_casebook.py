from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from detector.casework.cases import Cases
from detector.casework.keeper import CaseKeeper
from detector.casework.records import Change
from detector.retrain.casebook import labels_of_store
from detector.store.findings import Findings
from detector.store.opening import open_database, open_store
from tests.support.stores import alert_of, lease_of, verdict_of

if TYPE_CHECKING:
    from pathlib import Path


def test_judged_cases_of_a_store_are_labels(sqlite_template: Path, tmp_path: Path) -> None:
    """A verdict on an account is one label, on a campaign one of each member; open cases are none."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'store.db')}"
    store = open_store(url)
    campaign = alert_of(9, kind="campaign", subject_id="cmp_1")
    alerts = [alert_of(0), alert_of(1), alert_of(2), campaign]
    verdicts = [verdict_of(name) for name in ("acc-1", "acc-7")]
    store.conclude(lease_of(store), Findings(100, alerts=alerts, verdicts=verdicts), 1)
    store.close()
    database = open_database(url)
    CaseKeeper(database).follow(1)
    cases = Cases(database)
    cases.change(["alr_0"], Change(verdict="false_positive", confidence=0.9), "ana", "a benchmark", 5)
    cases.change(["alr_9"], Change(verdict="true_positive_impact", confidence=0.6), "bo", "one task", 6)
    database.close()

    found = labels_of_store(url)

    assert {(one.account_id, one.label, one.weight, one.author, one.source) for one in found} == {
        ("acc-0", "benign", 0.9, "ana", "verdict"),
        ("acc-1", "distillation", 0.3, "bo", "campaign"),
        ("acc-7", "distillation", 0.3, "bo", "campaign"),
    }
