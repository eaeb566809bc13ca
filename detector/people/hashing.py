"""Hashing passwords without holding up the event loop or filling the memory."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from detector.people.passwords import LONGEST, normal

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

AT_ONCE: Final = 2
"""hashes at a time; each takes 64 MiB under RFC 9106's low-memory parameters"""
WAITING: Final = 64
"""who may wait for one; more would wait for seconds"""


class Busy(Exception):  # noqa: N818 - says what is the matter
    """Too many wait for a hash already."""


class Hashing:
    """Argon2id in threads, by default with the parameters of RFC 9106 that argon2-cffi takes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0
        # Nobody's: compared with where there is no hash, so that this takes as long.
        self._nobodys = self._hasher.hash(token_urlsafe())

    async def hash(self, password: str) -> str:
        """The hash of a password. Raises `Busy`."""
        return await self._in_thread(lambda: self._hasher.hash(normal(password)))

    async def matches(self, hashed: str | None, password: str) -> bool:
        """Whether a password is the one that was hashed; as slow if there is none. Raises `Busy`."""
        typed = normal(password)
        # Measured as when it was chosen, or a password could be set that never counts.
        if len(typed) > LONGEST:
            typed, hashed = "", None
        return await self._in_thread(lambda: self._matches(hashed, typed))

    def outdated(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters than are used now."""
        return self._hasher.check_needs_rehash(hashed)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown()

    def _matches(self, hashed: str | None, password: str) -> bool:
        try:
            right = self._hasher.verify(hashed or self._nobodys, password)
        except (Argon2Error, InvalidHashError):
            return False
        return right and hashed is not None

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1
