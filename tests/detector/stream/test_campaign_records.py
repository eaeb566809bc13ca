from __future__ import annotations

import json
from typing import Any

from detector.stream.findings import campaign_records
from tests.detector.streamed import Detector, asks, name_of


def test_readers_learn_of_a_campaign_that_became_part_of_another() -> None:
    """Two wordings of six and three accounts, until all ask in a third one."""
    apart = [(0, account, 1 if account < 6 else 2, 900) for account in range(9)]
    together = [(60 + 10 * turn, account, 3, 900) for account in range(9) for turn in range(20)]
    detector, known = Detector(), dict[str, dict[str, Any]]()
    for tick in detector.steps(asks(*apart, *together)):
        records = campaign_records(detector.engine, tick.end)
        assert [record.time for record in records] == [tick.end] * len(records)
        bodies = {record.campaign_id: json.loads(record.body) for record in records}
        assert [body["status"] for body in bodies.values()] == [record.status for record in records]
        known |= bodies

    (heir,) = [body for body in known.values() if body["status"] == "open"]
    (over,) = [body for body in known.values() if body["status"] == "cleared"]
    assert over["merged_into"] == heir["campaign_id"]
    assert heir["merged_into"] is None
    assert heir["merged"] == [over["campaign_id"]]
    assert (over["members"], len(heir["members"])) == ([], 9)
    assert name_of(8) in heir["members"]
