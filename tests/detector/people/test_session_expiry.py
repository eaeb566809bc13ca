from __future__ import annotations

import shutil
from contextlib import closing
from secrets import token_bytes
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.people.people import SqlPeople
from detector.people.records import HOUR, PeopleSettings
from detector.people.sessions import TOUCHED
from detector.store.opening import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = 1_800_000_000_000
LIMITS = PeopleSettings(idle=2 * HOUR, absolute=6 * HOUR)


@pytest.fixture
def people(sqlite_template: Path, tmp_path: Path) -> Iterator[SqlPeople]:
    """With sessions of six hours, two of them idle."""
    shutil.copy(sqlite_template, tmp_path / "store.db")
    with closing(open_database(f"sqlite:///{tmp_path / 'store.db'}")) as database:
        yield SqlPeople(database, token_bytes, LIMITS)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.integers(0, 3 * HOUR), min_size=1, max_size=8))
def test_a_session_lasts_while_it_is_used_and_no_longer_than_a_day(
    people: SqlPeople, pauses: list[int]
) -> None:
    """Idle time ends it, give or take what is not written at each use, and so does its whole time."""
    person = people.named("ada") or people.add("ada", "viewer", "test", NOW)
    secret = people.start(person, "password", NOW) or ""
    now = NOW
    alive = True
    for pause in pauses:
        now += pause
        found = people.session(secret, now)
        if pause >= LIMITS.idle or now >= NOW + LIMITS.absolute:
            alive = False
        if not alive:
            assert found is None
        elif pause < LIMITS.idle - TOUCHED:
            assert found is not None
            assert (found.created, found.until) == (NOW, NOW + LIMITS.absolute)
        else:
            alive = found is not None


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cookie=st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
def test_no_invented_cookie_is_a_session(people: SqlPeople, cookie: str) -> None:
    """Whatever it holds, it raises nothing."""
    assert people.session(cookie, NOW) is None
