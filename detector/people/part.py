"""What the parts of `SqlPeople` share: reading a person, changing one, and saying so in the audit."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import delete, select, update

from detector.people.records import PeopleError, PeopleSettings, Person
from detector.store.audit_chain import append, hold
from detector.store.audit_entry import Entry
from detector.store.part import SqlPart
from detector.store.people_schema import people, sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.engine import Connection

    from detector.store.database import Database

WHO: Final = (
    people.c.user_id, people.c.name, people.c.role, people.c.created, people.c.disabled,
    people.c.password.is_not(None).label("has_password"), people.c.issuer, people.c.identity,
    people.c.version,
)  # fmt: skip
"""Columns of a `Person`, in its order."""


class PeoplePart(SqlPart):
    """People in a database; what changes them goes to the audit in the same transaction."""

    def __init__(
        self,
        database: Database,
        random: Callable[[int], bytes],
        settings: PeopleSettings | None = None,
    ) -> None:
        super().__init__(database)
        self._random = random
        self._settings = settings or PeopleSettings()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that may append to the audit, for which it waits before it locks anything else."""
        with self._database.writing() as connection:
            hold(connection)
            yield connection

    def _tell(
        self,
        connection: Connection,
        now: int,
        actor: str,
        action: str,
        user_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Append to the audit; `before` and `after` are what changed, by field."""
        append(connection, [Entry(now, actor, action, "person", user_id, _encoded(before), _encoded(after))])

    def _change(self, connection: Connection, person: Person, **values: Any) -> Person:
        """Set columns and end all sessions; returns the person as it is now."""
        same = people.c.user_id == person.user_id
        connection.execute(update(people).where(same).values(version=people.c.version + 1, **values))
        connection.execute(delete(sessions).where(sessions.c.user_id == person.user_id))
        return wanted(connection, person.user_id)


def found(connection: Connection, condition: ColumnElement[bool], *, locked: bool = False) -> Person | None:
    """The person of whom a condition holds; `locked` until the transaction ends."""
    statement = select(*WHO).where(condition)
    row = connection.execute(statement.with_for_update() if locked else statement).one_or_none()
    return None if row is None else person_of(row)


def wanted(connection: Connection, user_id: str) -> Person:
    """The person of an id, locked. Raises `PeopleError` if there is none."""
    person = found(connection, people.c.user_id == user_id, locked=True)
    if person is None:
        raise PeopleError("there is no such person; see `stillwatch people list`")
    return person


def person_of(row: Row[Any]) -> Person:
    """From the columns `WHO`, which may be followed by others."""
    values = list(row[: len(WHO)])
    values[5] = bool(values[5])
    return Person(*values)


def _encoded(values: Mapping[str, Any] | None) -> bytes | None:
    return None if values is None else msgspec.json.encode(values, order="sorted")
