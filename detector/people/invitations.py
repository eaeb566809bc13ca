"""One-time links to choose a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from detector.people.part import PeoplePart, found, wanted
from detector.people.records import PeopleError
from detector.people.secrets import digest_of, new_secret
from detector.store.people_schema import invitations, people

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from detector.people.records import Person

_ACTIVE: Final = people.c.disabled.is_(None)


class SqlInvitations(PeoplePart):
    """Links by their secret. Setting a password uses a link up, even if several do it at once."""

    def invite(self, user_id: str, actor: str, now: int) -> str:
        """The secret of a new link; older links count no more. Raises `PeopleError` for a disabled person."""
        with self._writing() as connection:
            person = wanted(connection, user_id)
            return self._invited(connection, person, actor, now)

    def reset(self, user_id: str, actor: str, now: int) -> str:
        """Forget the password, end all sessions, and make a link."""
        with self._writing() as connection:
            person = self._change(connection, wanted(connection, user_id), password=None)
            self._tell(connection, now, actor, "person.reset", user_id)
            return self._invited(connection, person, actor, now)

    def invited(self, secret: str, now: int) -> Person | None:
        """Whose link it is, if it counts; does not use it up."""
        statement = select(invitations.c.user_id).where(
            invitations.c.digest == digest_of(secret), invitations.c.until > now
        )
        with self._database.reading() as connection:
            return found(connection, (people.c.user_id == statement.scalar_subquery()) & _ACTIVE)

    def accept(self, secret: str, password: str, now: int) -> Person | None:
        """Use up a link to set the hash of a password; None if it does not count, or no more."""
        same = (invitations.c.digest == digest_of(secret)) & (invitations.c.until > now)
        with self._writing() as connection:
            user_id = connection.execute(
                delete(invitations).where(same).returning(invitations.c.user_id)
            ).scalar()
            if user_id is None or found(connection, (people.c.user_id == user_id) & _ACTIVE) is None:
                return None
            person = wanted(connection, user_id)
            self._tell(connection, now, user_id, "person.password", user_id)
            return self._change(connection, person, password=password)

    def _invited(self, connection: Connection, person: Person, actor: str, now: int) -> str:
        if person.disabled is not None:
            raise PeopleError(f"{person.name} is disabled; enable the account first")
        secret = new_secret(self._random)
        connection.execute(delete(invitations).where(invitations.c.user_id == person.user_id))
        row = {"digest": digest_of(secret), "user_id": person.user_id, "until": now + self._settings.link}
        connection.execute(insert(invitations).values(row))
        self._tell(connection, now, actor, "person.invite", person.user_id)
        return secret
