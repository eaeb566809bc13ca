"""Answers by idempotency key, so that a request that is sent again is not done again.

After the header field `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header): a key is taken
before the work begins, so that not even a crash between work and answer lets it be done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from detector.console.desk.errors import DeskError
from detector.store.casework_schema import replies
from detector.store.part import SqlPart

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

KEPT: Final = 24 * 3_600_000
"""ms for which an answer is kept"""
UNDER_WAY: Final = 0
"""status of a request that has no answer yet"""


class Reused(DeskError):  # noqa: N818 - says what is the matter
    """The key came with another request before."""


class UnderWay(DeskError):  # noqa: N818 - as above
    """The same request is being done, or its process died over it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered."""

    status: int
    body: bytes
    etag: str | None = None
    """the version that it told"""


class Replies(SqlPart):
    """By who asked and the key that they chose."""

    def begin(self, actor: str, key: str, request: bytes, now: int) -> Reply | None:
        """Take a key for a request; its answer if it was done. Raises `Reused`, `UnderWay`."""
        row = {"actor": actor, "key": key, "request": request, "status": UNDER_WAY, "body": b"", "time": now}
        with self._database.writing() as connection:
            connection.execute(delete(replies).where(replies.c.time < now - KEPT))
            taken = self._database.dialect.insert(replies).values(row).on_conflict_do_nothing()
            # Drivers count the rows of such an insert differently.
            if connection.execute(taken.returning(replies.c.key)).one_or_none() is not None:
                return None
            found = connection.execute(select(replies).where(_mine(actor, key))).one()
        if found.request != request:
            raise Reused("Idempotency-Key came with another request before; choose a new one")
        if found.status == UNDER_WAY:
            raise UnderWay(
                "the request is under way; look what became of it before you send it under a new key"
            )
        return Reply(found.status, found.body, found.etag)

    def keep(self, actor: str, key: str, reply: Reply) -> None:
        """Remember the answer."""
        values = {"status": reply.status, "body": reply.body, "etag": reply.etag}
        with self._database.writing() as connection:
            connection.execute(update(replies).where(_mine(actor, key)).values(values))

    def give_back(self, actor: str, key: str) -> None:
        """Nothing was done; the key may be used again."""
        with self._database.writing() as connection:
            connection.execute(delete(replies).where(_mine(actor, key)))


def _mine(actor: str, key: str) -> ColumnElement[bool]:
    return (replies.c.actor == actor) & (replies.c.key == key)
