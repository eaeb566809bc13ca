from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from detector.dossier.bodies import unpacked
from detector.dossier.reading import Dossiers
from detector.dossier.records import AccountDossier, CampaignDossier
from detector.dossier.series import ACTIVE, ALERTS, EVENTS, OPEN
from detector.intake import Intake
from detector.store.dossier_schema import dossiers, measurements, series, shared_objects
from detector.store.opening import open_database
from detector.stream.dossiers import DossierWriter
from detector.stream.scoring import Scoring
from features.batch import Lifecycle
from features.state import State
from streaming.admission import AdmissionSettings
from tests.detector.stream.staged import PARTITIONS, Stage
from tests.detector.streamed import KERNEL, POLICY, TICK, asks, batch_of, name_of, told_model
from tests.features.account.streams import START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.pending import Chunk
    from detector.store.interface import Store
    from detector.stream.dossiers import Noted
    from tests.features.account.streams import Stream

HOUR = 60
"""minutes"""
ASKED = st.tuples(
    st.integers(0, 3 * 24 * HOUR), st.integers(0, 7), st.integers(1, 3), st.sampled_from([100, 900, 990])
)
BANS = [
    Lifecycle("ban", START + HOUR * 60_000, name_of(2)),
    Lifecycle("model_release", START + 60_000, "a model"),
]
GROUP = asks(
    *((minute, account, 1, 900) for account, minute in enumerate((0, 1, 2, 20, 21))), (2 * HOUR, 0, 1, 900)
)
"""Five accounts that ask in the same words, and one of them again."""


def _chunks(stream: Stream) -> list[Chunk]:
    return Intake(KERNEL, AdmissionSettings(tick=TICK)).admit(batch_of(stream)).by_tick()


class _Told:
    """A leader's scoring, and what it gives people to look at."""

    def __init__(self, most: int | None = None) -> None:
        self.scoring = Scoring(KERNEL.key, told_model(), POLICY)
        self.writer = None if most is None else DossierWriter(self.scoring.engine, told_model(), most)
        self.accounts: dict[str, AccountDossier] = {}
        self.campaigns: dict[str, CampaignDossier] = {}
        self.each: list[list[str]] = []

    def run(self, stream: Stream, lifecycle: list[Lifecycle] | None = None) -> _Told:
        self.scoring.learn(lifecycle or [])
        for chunk in _chunks(stream):
            self._take(self.step(chunk))
        return self

    def step(self, chunk: Chunk) -> Noted:
        end = int(chunk.ticks[0]) * TICK
        alerts = self.scoring.score(chunk, end)
        changed = self.scoring.changed(end)
        if self.writer is not None:
            return self.writer.write(chunk, alerts, changed, end)
        return self.scoring.noted(chunk, alerts, changed, end)

    def _take(self, noted: Noted) -> None:
        self.each.append([one.subject_id for one in noted.dossiers if one.kind == "account"])
        for one in noted.dossiers:
            if one.kind == "account":
                self.accounts[one.subject_id] = unpacked(one.body, AccountDossier)
            else:
                self.campaigns[one.subject_id] = unpacked(one.body, CampaignDossier)


def test_an_alerted_account_has_a_dossier() -> None:
    """With all of its features, what it shares, and what it was answered before its alert."""
    found = _Told().run(GROUP)
    assert set(found.accounts) == {name_of(account) for account in range(5)}
    one = found.accounts[name_of(0)]
    assert (one.label, one.requests, one.leaked, one.first_seen) == ("distillation", 8, 4, START + 60_000)
    assert one.features[0].feature == "temperature"
    assert one.campaign_id in found.campaigns
    assert {thing.kind for thing in one.objects} == {"head"}
    assert all(thing.accounts == 5 for thing in one.objects)


def test_an_unremarkable_account_has_none() -> None:
    """Nobody asks after it, and there are many."""
    assert _Told().run(asks((0, 1, 1, 100), (20, 2, 2, 200))).accounts == {}


def test_an_account_that_is_cleared_is_shown_as_it_is() -> None:
    """Whoever had a dossier keeps it up to date."""
    found = _Told().run(asks((0, 1, 1, 900), *((HOUR * at, 1, 1, 100) for at in range(1, 9))))
    assert found.accounts[name_of(1)].label == "benign"
    assert found.accounts[name_of(1)].first_alert > 0


def test_a_campaign_has_a_dossier() -> None:
    """Who, linked by what, since when; what it could honestly be, and what happened to it."""
    found = _Told().run(GROUP, BANS)
    (one,) = found.campaigns.values()
    assert one.accounts == len(one.members) == 5
    assert one.leaked == 20
    assert one.sentence.startswith("5 accounts ask alike, linked by first words, in ")
    assert {member.objects for member in one.members} == {(0,)}
    assert one.objects[0].kind == "head"
    assert {pointer.code for pointer in one.against} >= {
        "one_company",
        "benchmark",
        "old_customers",
        "resellers",
    }
    assert one.template[0].startswith("first words ")
    kinds = [moment.kind for moment in one.moments]
    assert {"alert", "joined", "ban", "release"} <= set(kinds)
    assert [moment.time for moment in one.moments] == sorted(moment.time for moment in one.moments)


def test_a_campaign_that_is_over_keeps_its_members() -> None:
    """The page of a closed case shows who it was about."""
    later = [(HOUR * (3 + at), account, 1, 100) for at in range(9) for account in range(5)]
    found = _Told().run(asks(*((0, account, 1, 900) for account in range(5)), *later))
    (one,) = found.campaigns.values()
    assert (one.status, one.accounts, len(one.members)) == ("cleared", 5, 5)
    assert one.moments[-1].kind == "cleared"


def test_a_tick_writes_so_many_and_the_alerted_first() -> None:
    """What is left comes with later ticks, so that many alerts at once do not hold the leader up."""
    alerted = [(0, account, account, 900) for account in range(2, 7)]
    found = _Told(most=2).run(
        asks((0, 1, 1, 500), *alerted, *((10 * at, 9, 9, 100) for at in range(1, 5))), []
    )
    assert [len(each) for each in found.each[:3]] == [2, 2, 2]
    assert found.each[2][-1] == name_of(1)
    assert found.writer is not None
    assert found.writer.waiting == 0
    assert len(found.accounts) == 6


def test_who_is_not_alerted_waits_for_the_hour() -> None:
    """And is written then, although only somebody else asks."""
    asked = asks((0, 9, 9, 100), (10, 1, 1, 500), (20, 1, 1, 700), (30, 9, 9, 100), (HOUR + 5, 9, 9, 100))
    found = _Told().run(asked)
    assert found.each == [[], [], [], [], [name_of(1)]]
    assert found.accounts[name_of(1)].requests == 8


def test_whoever_is_alerted_or_cleared_is_written_at_once() -> None:
    """However often that is: people look at what they are told of."""
    asked = asks((0, 9, 9, 100), (10, 1, 1, 900), (20, 1, 1, 100), (30, 1, 1, 999), (40, 1, 1, 999))
    found = _Told().run(asked)
    assert [len(each) for each in found.each[:3]] == [0, 1, 1]
    assert found.accounts[name_of(1)].label == "benign"


def _plain(noted: Noted) -> Any:
    return noted.dossiers, noted.measurements, noted.series


def _moved(told: _Told) -> _Told:
    state = told.scoring.state()
    arrays = {name: array.copy() for name, array in state.flat().items()}
    other = _Told()
    other.scoring.restore(State.of(json.loads(json.dumps(state.outline())), arrays))
    return other


@settings(max_examples=30, deadline=None)
@given(st.lists(ASKED, min_size=4, max_size=16), st.sets(st.integers(0, 15), max_size=4))
def test_dossiers_go_on_from_their_state(asked: list[tuple[int, int, int, int]], stops: set[int]) -> None:
    """Moved to another process after any ticks, the leader writes what it would have written."""
    whole, moved = _Told(), _Told()
    for told in (whole, moved):
        told.scoring.learn(BANS)
    chunks, again = _chunks(asks(*asked)), _chunks(asks(*asked))
    for at, (chunk, same) in enumerate(zip(chunks, again, strict=True)):
        if at in stops:
            moved = _moved(moved)
        assert _plain(whole.step(chunk)) == _plain(moved.step(same))


def _rows(url: str) -> Iterator[list[Any]]:
    """Everything that people look at, without when it was recorded."""
    database = open_database(url)
    with database.reading() as connection:
        for table in (dossiers, measurements, series, shared_objects):
            columns = [column for column in table.c if column.name != "recorded"]
            yield [tuple(row) for row in connection.execute(select(*columns).order_by(*table.primary_key))]
    database.close()


def _read(stage: Stage) -> None:
    worker, feed = stage.worker(1000)
    feed.own({f"usage/{at}" for at in range(PARTITIONS)})
    for _ in range(40):
        stage.clock.seconds += 1
        worker.step(0)
    worker.commit()
    stage.clock.seconds += 100
    worker.step(0)
    worker.commit()


def test_a_leader_that_repeats_ticks_writes_the_same_rows(store: Store, store_url: str) -> None:
    """One is killed after it stored what it found, before its checkpoint: its successor changes nothing."""
    stage = Stage(store, GROUP)
    _read(stage)
    stage.leader().step()
    once = list(_rows(store_url))
    assert all(once)
    stage.clock.seconds += 100
    stage.clock.wall += 100_000
    after = stage.leader()
    after.step()
    assert list(_rows(store_url)) == once
    after.checkpoint()
    assert list(_rows(store_url)) == once


def test_the_traffic_is_told_by_steps(store: Store, store_url: str) -> None:
    """Events and active accounts of each five minutes, new alerts, and how many are held to be distilling."""
    stage = Stage(store, GROUP)
    _read(stage)
    stage.leader().step()
    database = open_database(store_url)
    names = [EVENTS, ACTIVE, OPEN, ALERTS["account"], ALERTS["campaign"], "fields.content"]
    told = Dossiers(database).series(names, 0, 365 * 86_400_000)
    database.close()
    assert {name: sum(point.value for point in points) for name, points in told.items()} == {
        EVENTS: 24, ACTIVE: 3, OPEN: 5, ALERTS["account"]: 0, ALERTS["campaign"]: 1, "fields.content": 0,
    }  # fmt: skip
