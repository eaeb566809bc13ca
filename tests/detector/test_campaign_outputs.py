from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.campaign_outputs import read_campaigns, write_campaigns
from detector.campaigns.campaign import Campaign, Indicator, SharedObject
from detector.engine import Model
from detector.grouping import NO_CAMPAIGN, Grouping
from detector.outputs import ACCOUNTS, CAMPAIGNS, LINKS, write_tables
from streaming.dead_letters import DeadLetterCounts
from tests.support.campaigns import RAISED, campaign, links
from tests.support.logs import make_log, write_log

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from detector.cli.compose import Setup
    from detector.replay import Outcome

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
COUNT = st.integers(0, 10**9)
SHARED = st.builds(
    SharedObject, object_id=TEXT, kind=TEXT, members=COUNT, others=COUNT, requests=COUNT,
    weight=st.floats(0, 100),
)  # fmt: skip
CAMPAIGN = st.builds(
    Campaign,
    campaign_id=TEXT,
    label=st.sampled_from(["distillation", "relay", "benign"]),
    score=st.floats(0, 1),
    status=st.sampled_from(["open", "cleared"]),
    first_alert=st.just(0) | st.integers(1, 4 * 10**12),
    updated=st.integers(0, 4 * 10**12),
    members=st.sets(st.integers(0, 9)).map(lambda rows: tuple(sorted(rows))),
    requests=COUNT,
    evidence=st.lists(SHARED, max_size=3).map(tuple),
    indicators=st.lists(st.builds(Indicator, TEXT, TEXT), max_size=2).map(tuple),
    action=TEXT,
    migrated_from=st.lists(TEXT, max_size=2).map(tuple),
    merged=st.lists(TEXT, max_size=2).map(tuple),
    split_from=st.none() | TEXT,
)


@pytest.fixture(scope="module")
def outcome(shipped: Setup, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A replay that found no campaigns by itself."""
    log = write_log(tmp_path_factory.mktemp("grouped") / "log.jsonl", make_log(5))
    return shipped.replay.run([log], DeadLetterCounts(), lambda _: None, lambda _: None)


@given(st.lists(CAMPAIGN, max_size=4, unique_by=lambda one: one.campaign_id))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, found: list[Campaign]
) -> None:
    """Whatever a campaign holds, its row says the same."""
    path = tmp_path_factory.mktemp("campaigns") / CAMPAIGNS
    write_campaigns(path, found, np.arange(10))
    members = {one.campaign_id: one.members for one in found}
    assert read_campaigns(path, members) == tuple(sorted(found, key=lambda one: one.campaign_id))


def test_the_table_is_what_the_output_contract_says(tmp_path: Path) -> None:
    """The contract's columns come first, and every object of the evidence has its weight."""
    write_campaigns(tmp_path / CAMPAIGNS, [campaign()], np.array([40, 25, 30]))
    table = pq.read_table(tmp_path / CAMPAIGNS)
    contract = ["campaign_id", "label", "score", "first_alert_time", "accounts", "events", "evidence"]
    assert table.column_names[:7] == contract
    (row,) = table.to_pylist()
    assert (row["accounts"], row["events"], row["shared_events"]) == (3, 95, 75)
    assert [(one["object"], one["weight"]) for one in row["evidence"]] == [
        ("head:4be1c0ffee", 3.5),
        ("payment:90aa77", 1.25),
    ]
    assert row["techniques"] == ["AML.T0024.002", "AML.T0040"]


def test_an_account_of_two_campaigns_is_shown_in_the_more_probable_one() -> None:
    """There is one campaign to an account, whatever the order in which they are given."""
    weak, strong = campaign("weak", score=0.4), campaign("strong", score=0.9, members=(2, 3))
    for order in ((weak, strong), (strong, weak)):
        found = [
            None if at == NO_CAMPAIGN else order[at].campaign_id for at in Grouping(order).campaign_of(5)
        ]
        assert found == ["weak", "weak", "strong", "strong", None]


@pytest.mark.parametrize(
    ("changed", "alerted"),
    [({}, True), ({"status": "cleared"}, False), ({"label": "relay"}, False), ({"label": "benign"}, False)],
)
def test_only_an_open_alert_of_distillation_covers(changed: dict[str, str], *, alerted: bool) -> None:
    """Members are alerted with their campaign, and those that it did not cover are not."""
    grouping = Grouping((campaign(**changed),), np.array([RAISED, RAISED, 0, RAISED, 0]))
    assert grouping.is_alerted(5).tolist() == [alerted, alerted, False, False, False]


def test_members_carry_their_campaign_and_the_earlier_alert(
    shipped: Setup, outcome: Outcome, tmp_path: Path
) -> None:
    """A campaign's alert counts for its members from when it covered them, unless their own was earlier."""
    own = outcome.engine.verdicts["first_alert"]
    names = list(outcome.loop.ledger.accounts.names)
    alerted, quiet = int(np.argmax(own > 0)), int(np.argmin(own))
    assert own[alerted] > 0
    one = campaign(members=tuple(sorted((alerted, quiet))))
    covered = np.zeros(len(names), dtype=np.int64)
    covered[[alerted, quiet]] = own[alerted] + 60_000
    shows = {one.campaign_id: links((quiet, 1, 9))}
    rows = _written(shipped, outcome, tmp_path, Grouping((one,), covered, shows))
    assert _first(rows[names[alerted]]) == own[alerted]
    assert _first(rows[names[quiet]]) == own[alerted] + 60_000
    assert rows[names[quiet]]["label"] == "distillation"
    assert {name for name, row in rows.items() if row["campaign_id"] == "cmp_one"} == {
        names[alerted],
        names[quiet],
    }
    assert pq.read_table(tmp_path / LINKS).to_pylist() == [
        {"campaign_id": "cmp_one", "account_id": names[quiet], "object": "payment:90aa77", "requests": 9}
    ]


def test_without_campaigns_accounts_have_their_own_alerts_only(
    shipped: Setup, outcome: Outcome, tmp_path: Path
) -> None:
    """No campaign changes nothing, and a relay's alert covers nobody."""
    alone = _written(shipped, outcome, tmp_path / "alone", Grouping())
    relay = replace(campaign(), label="relay", members=(0,))
    beside = _written(shipped, outcome, tmp_path / "beside", Grouping((relay,)))
    assert [row | {"campaign_id": None} for row in beside.values()] == list(alone.values())
    assert pq.read_metadata(tmp_path / "alone" / CAMPAIGNS).num_rows == 0
    assert pq.read_metadata(tmp_path / "alone" / LINKS).num_rows == 0


def _written(setup: Setup, outcome: Outcome, folder: Path, grouping: Grouping) -> dict[str, dict[str, Any]]:
    folder.mkdir(exist_ok=True)
    write_tables(folder, outcome, Model.of(setup.artefact), setup.artefact.anomaly, grouping)
    return {row["account_id"]: row for row in pq.read_table(folder / ACCOUNTS).to_pylist()}


def _first(row: dict[str, Any]) -> int:
    time: datetime = row["first_alert_time"]
    return round(time.timestamp() * 1000)
