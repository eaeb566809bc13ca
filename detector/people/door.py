"""Signing in with a password: slow to guess, and telling nobody which names there are."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from detector.people.hashing import Busy
from detector.people.limits import PER_ADDRESS, PER_NAME, Attempts, neighbourhood
from detector.people.names import login_of
from detector.people.passwords import check_password

if TYPE_CHECKING:
    from detector.people.hashing import Hashing
    from detector.people.people import SqlPeople
    from detector.people.records import Person
    from detector.stream.clock import Clock


class Refused(Exception):  # noqa: N818 - says what is the matter
    """Name and password do not fit; which of them, or that the account is disabled, is not told."""


class TooOften(Exception):  # noqa: N818 - as above
    """Too many failures of late."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:.0f} s")
        self.seconds = seconds


class Door:
    """Lets people in. Failures are counted in this process, by name and by address."""

    def __init__(self, people: SqlPeople, hashing: Hashing, clock: Clock) -> None:
        self._people = people
        self._hashing = hashing
        self._clock = clock
        self._names = Attempts(PER_NAME, clock.monotonic)
        self._addresses = Attempts(PER_ADDRESS, clock.monotonic)

    async def sign_in(self, name: str, password: str, address: str) -> str:
        """The secret of a new session. Raises `Refused`, `TooOften`, `Busy`."""
        place, login = neighbourhood(address), login_of(name)
        self._take(place, login)
        found = await asyncio.to_thread(self._people.password_of, login)
        person, hashed = found or (None, None)
        right = await self._hashing.matches(hashed, password)
        secret = await self._start(person) if right and person else None
        if secret is None or person is None or hashed is None:
            known = person.user_id if person else None
            await asyncio.to_thread(self._people.failed, known, self._clock.now())
            raise Refused
        self._addresses.give_back(place)
        self._names.give_back(login)
        if self._hashing.outdated(hashed):
            await self._rehash(person.user_id, hashed, password)
        return secret

    async def set_up(self, link: str, password: str) -> str | None:
        """Set a password by a link and sign in; None if the link does not count, or no more.

        Raises `PeopleError` for a password that may not be chosen, and `Busy`.
        """
        invited = await asyncio.to_thread(self._people.invited, link, self._clock.now())
        if invited is None:
            return None
        check_password(password, invited.name)
        hashed = await self._hashing.hash(password)
        person = await asyncio.to_thread(self._people.accept, link, hashed, self._clock.now())
        return await self._start(person) if person else None

    def close(self) -> None:
        """Let the threads end."""
        self._hashing.close()

    async def _rehash(self, user_id: str, hashed: str, password: str) -> None:
        # The next time will do: nobody has to wait for it.
        with suppress(Busy):
            again = await self._hashing.hash(password)
            await asyncio.to_thread(self._people.rehash, user_id, hashed, again)

    async def _start(self, person: Person) -> str | None:
        return await asyncio.to_thread(self._people.start, person, "password", self._clock.now())

    def _take(self, place: str, login: str) -> None:
        wait = self._addresses.take(place) or self._names.take(login)
        if wait > 0:
            raise TooOften(wait)
