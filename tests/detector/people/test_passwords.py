from __future__ import annotations

import asyncio
from contextlib import closing
from itertools import repeat

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from detector.people.hashing import WAITING, Busy, Hashing
from detector.people.passwords import COMMON, LONGEST, SHORTEST, check_password
from detector.people.records import PeopleError
from tests.detector.people.house import QUICK


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "5 characters"),
        ("x" * 257, "257 characters"),
        ("Password1234", "guessed first"),
        ("QWERTYUIOPasdfghjkl", "guessed first"),
        ("123456789012", "guessed first"),
        ("zzzzzzzzzzzz", "guessed first"),
        ("abcabcabcabcabc", "guessed first"),
        ("ada.lovelaceADA.lovelace1", "made of your name"),
        ("Ada.Lovelace2026", "made of your name"),
    ],
)
def test_what_is_guessed_first_may_not_be_chosen(password: str, why: str) -> None:
    """Short ones, common ones, and what the name gives away; the message never quotes it."""
    with pytest.raises(PeopleError, match=why) as failure:
        check_password(password, "Ada.Lovelace")
    assert password not in str(failure.value)


@pytest.mark.parametrize(
    "password", ["three old kettles sing", "пароль из четырёх слов", "a" * 6 + "b" * 6 + "c"]
)
def test_length_is_all_that_is_asked(password: str) -> None:
    """No digits, capitals or signs are needed (NIST SP 800-63B)."""
    check_password(password, "ada")


def test_a_few_hundred_are_known() -> None:
    """All long enough to be chosen but for this."""
    assert 300 < len(COMMON) < 1500
    assert all(SHORTEST <= len(one) <= LONGEST for one in COMMON)


@given(password=st.text(min_size=1, max_size=40))
def test_a_password_matches_its_own_hash_alone(password: str) -> None:
    """Whatever it is made of, and however a keyboard composes it."""

    async def main() -> None:
        with closing(Hashing(QUICK)) as hashing:
            hashed = await hashing.hash(password)
            assert await hashing.matches(hashed, password)
            assert not await hashing.matches(hashed, password + "x")
            assert not await hashing.matches(None, password)

    if password.isprintable():
        asyncio.run(main())


def test_the_same_characters_match_however_they_are_composed() -> None:
    """An accent may be typed as one character or two."""

    async def main() -> None:
        with closing(Hashing(QUICK)) as hashing:
            assert await hashing.matches(await hashing.hash("caf\u00e9 au lait"), "cafe\u0301 au lait")
            assert not await hashing.matches("no hash at all", "caf\u00e9 au lait")

    asyncio.run(main())


def test_other_parameters_make_a_hash_outdated() -> None:
    """So that it is made anew when its owner signs in."""
    with closing(Hashing(QUICK)) as before, closing(Hashing(PasswordHasher(2, 8, 1))) as after:
        hashed = asyncio.run(before.hash("three old kettles sing"))
        assert not before.outdated(hashed)
        assert after.outdated(hashed)
        assert hashed.startswith("$argon2id$")


def test_only_so_many_wait_for_a_hash() -> None:
    """Others are told to come back, and those who wait get theirs."""

    async def main() -> list[object]:
        with closing(Hashing(QUICK)) as hashing:
            work = [hashing.matches(None, one) for one in repeat("x", WAITING + 3)]
            return await asyncio.gather(*work, return_exceptions=True)

    done = asyncio.run(main())
    assert sum(isinstance(one, Busy) for one in done) == 3
    assert done.count(False) == WAITING
