from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detector.bans import Bans
from detector.memory import memory
from features.account.names import NameIndex
from features.batch import Lifecycle
from features.hashing import HashKey
from features.state import State
from tests.detector.streamed import Detector, asks, name_of
from tests.features.account.streams import START

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR = 60
NAMES = "abc"
RECORDS = st.lists(
    st.builds(Lifecycle, st.sampled_from(["ban", "unban"]), st.integers(1, 9), st.sampled_from("abc")),
    max_size=12,
    unique_by=lambda record: (record.time, record.subject),
)


def names_of(*names: str) -> NameIndex:
    """Accounts that were seen."""
    index = NameIndex(HashKey.from_secret("bans"))
    index.locate(names)
    return index


def latest(records: Sequence[Lifecycle], name: str, now: int) -> int:
    """When the ban that holds at `now` began, by looking at all records; 0 for none."""
    past = [record for record in records if record.subject == name and record.time <= now]
    last = max(past, key=lambda record: record.time, default=None)
    return last.time if last is not None and last.kind == "ban" else 0


@given(RECORDS, st.integers(0, 10), st.integers(0, 12))
def test_the_latest_record_up_to_now_holds(records: list[Lifecycle], now: int, cut: int) -> None:
    """In whatever order and pieces records are read."""
    bans = Bans(names_of(*NAMES))
    bans.add(records[:cut])
    bans.add(records[cut:])

    assert bans.at(now).tolist() == [latest(records, name, now) for name in NAMES]


def moved(bans: Bans, names: NameIndex) -> Bans:
    """The same in another process, beside names of its own."""
    state = memory({"names": names}).state(bans)
    arrays = {name: array.copy() for name, array in state.flat().items()}
    told = State.of(json.loads(json.dumps(state.outline())), arrays)
    back: Bans = memory({"names": names}).restore(told)
    return back


@given(
    st.lists(
        st.one_of(RECORDS.map(tuple), st.sampled_from(NAMES), st.integers(0, 12), st.none()), max_size=12
    )
)
@example([(Lifecycle("ban", 1, "a"), Lifecycle("ban", 1, "b")), "a", 1, "b", 0])
def test_what_holds_moves_on_with_time(steps: list[tuple[Lifecycle, ...] | str | int | None]) -> None:
    """However records, first requests, ticks and moves to another process follow each other."""
    names = names_of("z")
    bans, records = Bans(names), dict[tuple[int, str], Lifecycle]()
    for step in steps:
        match step:
            case None:
                bans = moved(bans, names)
            case str():
                names.locate([step])
            case int():
                assert bans.at(step).tolist() == [latest([*records.values()], name, step) for name in names]
            case _:
                new = {(one.time, one.subject): one for one in step}
                bans.add([one for key, one in new.items() if key not in records])
                records = new | records


def test_a_ban_waits_for_the_first_request_of_its_account() -> None:
    """A record of an account that was never seen is kept, and holds as soon as the account is."""
    seen = names_of("a")
    bans = Bans(seen)
    bans.add([Lifecycle("ban", 5, "b")])
    assert bans.at(9).tolist() == [0]

    seen.locate(["b"])

    assert bans.at(9).tolist() == [0, 5]
    bans.add([Lifecycle("unban", 7, "b")])
    assert bans.at(6).tolist() == [0, 5]
    assert bans.at(9).tolist() == [0, 0]


def test_other_records_say_nothing_of_accounts() -> None:
    """A model may have the name of an account."""
    bans = Bans(names_of("a"))
    bans.add([Lifecycle("model_release", 1, "a")])

    assert bans.at(9).tolist() == [0]


@pytest.mark.parametrize("minute", [-600, 0.5, 30], ids=["before", "at the first request", "after"])
def test_a_ban_raises_no_score(minute: float) -> None:
    """Whenever an account is banned, scores and what is alerted stay the same; so after it is unbanned."""
    stream = asks(*((0, account, 1, 900) for account in range(4)), (0, 5, 2, 300), (HOUR, 5, 2, 300))
    at = START + round(minute * 60_000)
    bans = [Lifecycle("ban", at, name_of(account)) for account in (0, 5)]
    plain, banned = Detector().run(stream), Detector().run(stream, bans=bans)
    unbanned = Detector().run(stream, bans=[*bans, Lifecycle("unban", at + 60_000, name_of(5))])

    assert banned.alerts
    for found in (banned, unbanned):
        assert found.engine.verdicts.tobytes() == plain.engine.verdicts.tobytes()


def test_who_takes_up_the_work_of_banned_accounts_replaces_them() -> None:
    """Two of four are banned, two new ones ask the same hours later: the campaign's alert says so once."""
    stream = asks(
        *((0, account, 1, 900) for account in range(4)), *((5 * HOUR, account, 1, 900) for account in (6, 7))
    )
    bans = [Lifecycle("ban", START + 90 * 60_000, name_of(account)) for account in (0, 1)]

    (campaign,) = Detector().run(stream, bans=bans).engine.campaigns.campaigns

    assert campaign.migrated_from == (name_of(0), name_of(1))
    assert Detector().run(stream).engine.campaigns.campaigns[0].migrated_from == ()


def test_idle_accounts_that_come_back_replace_banned_ones() -> None:
    """Two asked the same days before the others did, and again hours after two of these were banned."""
    days = 5 * 24 * HOUR
    others = [(days, account, 1, 900) for account in range(4)]
    idle = [(minute, account, 1, 900) for account in (6, 7) for minute in (0, days + 5 * HOUR)]
    bans = [Lifecycle("ban", START + (days + 90) * 60_000, name_of(account)) for account in (0, 1)]

    found = Detector().run(asks(*others, *idle), bans=bans).engine.campaigns.campaigns

    assert [one.migrated_from for one in found] == [(name_of(0), name_of(1))]
