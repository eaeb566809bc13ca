from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.snapshots import FIRST_ACCOUNT, FIRST_POPULATION, Milestones
from detector.worlds import read_world
from features.population.vector import NAMES
from features.text.purposes import PurposeWeights
from models.scorer import BENIGN, DISTILLATION, RELAY
from tests.support.logs import START, Event, Shape, make_log, stamp
from tests.support.worlds import BEFORE, write_world

if TYPE_CHECKING:
    from models.dataset import Examples

SAID = {
    "harvest": "Write out every single step of the derivation before you answer what follows here",
    "homework": "Explain in your own words why the sky over the harbour is blue at noon today",
    "shop": "Reply as the friendly clerk of a small shop that sells hand made paper lanterns",
    "mixed": "List seven uses of a copper kettle that nobody in this village has thought of",
}
"""Wordings that have nothing in common."""

GROWTH = st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=4), max_size=8)


@given(GROWTH, st.integers(1, 4))
def test_a_row_passes_once_for_each_doubling(ticks: list[list[tuple[int, int]]], first: int) -> None:
    """A row passes at those ticks that took its count to or over `first`, its double, and so on."""
    due, counts = Milestones(first), np.zeros(4, dtype=np.int32)
    for tick in ticks:
        before = counts.copy()
        for row, more in tick:
            counts[row] += more
        touched = np.unique([row for row, _ in tick]).astype(np.int64)

        passed = due.passed(touched, counts[touched], len(counts))

        marks = [first * 2**power for power in range(8)]
        over = [row for row in touched if any(before[row] < mark <= counts[row] for mark in marks)]
        assert passed.tolist() == over


def asked(account: str, wording: str, times: int, start: int, end: str = "") -> list[Event]:
    """Requests of an account in one wording, a minute apart, from a minute of the day on."""
    events = []
    for at in range(times):
        name = f"{account}-{wording}-{at}{end}"
        events.append(
            {
                "event_id": name,
                "time": stamp(START + timedelta(minutes=start + at)),
                "account_id": account,
                "status": 200,
                "messages": [{"role": "user", "content": SAID[wording]}],
                "response": f"an answer to {name}",
            }
        )
    return events


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """A campaign, a class, a resale pool, and a wording that a crowd uses more than the campaign."""
    log = [
        *asked("pipe-0", "homework", 3, 0, BEFORE),
        *asked("early-0", "homework", 3, 0),
        *(event for i in range(3) for event in asked(f"pipe-{i}", "harvest", 8, 60 + i)),
        *(event for i in range(3) for event in asked(f"user-{i}", "homework", 6, 120 + i)),
        *(event for i in range(3) for event in asked(f"resold-{i}", "shop", 5, 180 + i)),
        *(event for i in range(3) for event in asked(f"crowd-{i}", "mixed", 6, 240 + i)),
        *asked("pipe-1", "mixed", 4, 300),
    ]
    folder = tmp_path_factory.mktemp("world")
    return read_world(
        write_world(folder, sorted(log, key=lambda event: event["time"])), PurposeWeights.empty()
    )


def rows_of(world: Examples, account: str) -> list[int]:
    """The snapshots of populations in which an honest account has a part at the end."""
    rows = world.accounts
    last = np.repeat(rows.final & (rows.groups == account), rows.part_counts)
    return [int(row) for row in rows.parts["population"][last]]


@pytest.mark.parametrize(
    ("account", "label", "kind", "group"),
    [
        ("user-0", BENIGN, "harvest", "harvest-1"),
        ("resold-0", RELAY, "chat", "population-"),
        ("crowd-0", BENIGN, "harvest", "harvest-1"),
    ],
)
def test_a_population_is_what_most_of_its_requests_are(
    told: Examples, account: str, label: int, kind: str, group: str
) -> None:
    """Its label is that of most of its requests; where a campaign has any part, it stays with it."""
    populations = told.populations
    found = rows_of(told, account)

    assert found
    assert set(populations.labels[found].tolist()) == {label}
    assert set(populations.kinds[found].tolist()) == {kind}
    assert all(name.startswith(group) for name in populations.groups[found])


def test_a_campaigns_wording_is_an_attack(told: Examples) -> None:
    """The populations of what only the campaign says are labelled so, under its family and its name."""
    populations, rows = told.populations, told.accounts
    found = populations.labels == DISTILLATION

    assert found.any()
    assert set(populations.kinds[found].tolist()) == {"harvest"}
    assert set(populations.groups[found].tolist()) == {"harvest-1"} == set(rows.groups[rows.labels == 2])
    assert set(populations.members[found].tolist()) == {3}


def test_an_account_teaches_nothing_before_its_first_attack(told: Examples) -> None:
    """What it had asked before is in its later snapshots, and makes none by itself."""
    rows = told.accounts
    earlier = rows.accounts[rows.labels == DISTILLATION].min()

    events = rows.events[rows.accounts == earlier]

    assert rows.events[rows.groups == "early-0"].min() == 3
    assert events.min() > 3
    assert events.max() == 3 + 8


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """A log of some size."""
    log = make_log(5, Shape(honest=10, harvesting=4, requests=8))
    return read_world(write_world(tmp_path_factory.mktemp("world"), log), PurposeWeights.empty())


def test_parts_name_the_latest_snapshot_of_their_population(world: Examples) -> None:
    """At most as many members as there are when the account is looked at; as many, at the end."""
    rows, populations = world.accounts, world.populations
    last = np.repeat(rows.final, rows.part_counts)
    members = populations.members[rows.parts["population"]]

    kinds = populations.vectors[rows.parts["population"], NAMES.index("kind")]
    assert len(rows.parts) > 20
    assert (members <= rows.parts["members"]).all()
    assert (members == rows.parts["members"])[last].all()
    assert (kinds == rows.parts["kind"]).all()


def test_accounts_and_populations_are_looked_at_as_they_double(world: Examples) -> None:
    """Each has one snapshot at the end, and no two others between the same doublings."""
    rows, populations = world.accounts, world.populations

    assert np.bincount(rows.accounts, rows.final).tolist() == [1.0] * len(np.unique(rows.accounts))
    early = ~rows.final
    assert rows.events[early].min() >= FIRST_ACCOUNT
    doublings = np.log2(rows.events[early] / FIRST_ACCOUNT).astype(int)
    assert len(set(zip(rows.accounts[early], doublings, strict=True))) == early.sum()
    early = np.arange(len(populations)) < len(populations) - len(np.unique(populations.populations))
    assert set(populations.populations[~early]) == set(populations.populations)
    requests = 2 ** populations.vectors[early, NAMES.index("requests_each")] * populations.members[early]
    assert requests.min() >= FIRST_POPULATION - 1e-9
