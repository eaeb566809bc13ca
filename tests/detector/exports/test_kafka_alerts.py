from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from detector.exports.kafka import ocsf_alerts
from detector.store.opening import open_store
from tests.support.exported import PRODUCT, alert_of, conclude

if TYPE_CHECKING:
    from pathlib import Path


def test_alerts_for_a_topic_are_findings(tmp_path: Path, sqlite_template: Path) -> None:
    """Under the versions and keys of the alerts themselves, so that the stream's own outbox sends them."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    shutil.copy(sqlite_template, tmp_path / "store.db")
    conclude(url, alert_of(), alert_of(revision=2, status="cleared"))
    store = open_store(url)
    sent = ocsf_alerts(PRODUCT)(store, 0, 10)
    again = ocsf_alerts(PRODUCT)(store, 1, 10)
    store.close()
    assert [(one.version, one.key) for one in sent] == [(1, alert_of().alert_id), (2, alert_of().alert_id)]
    assert [one.value["activity_id"] for one in sent] == [1, 3]
    assert again == sent[1:]
