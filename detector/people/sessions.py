"""Who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, or_, select, update

from detector.people.part import WHO, PeoplePart, found, person_of
from detector.people.records import Session
from detector.people.secrets import digest_of, new_secret
from detector.store.people_schema import people, sessions

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from detector.people.records import Person

TOUCHED: Final = 60_000
"""ms after which the use of a session is written again; not at each request"""


class SqlSessions(PeoplePart):
    """Sessions by the secret in their cookie."""

    def start(self, person: Person, how: str, now: int) -> str | None:
        """Sign in; the cookie's secret, or None if the person has changed since `person` was read."""
        secret = new_secret(self._random)
        same = (people.c.user_id == person.user_id) & (people.c.version == person.version)
        with self._writing() as connection:
            current = found(connection, same & people.c.disabled.is_(None), locked=True)
            if current is None:
                return None
            connection.execute(delete(sessions).where(self._over(now)))
            row = {"digest": digest_of(secret), "user_id": person.user_id, "token": new_secret(self._random)}
            until = now + self._settings.absolute
            connection.execute(insert(sessions).values(created=now, used=now, until=until, **row))
            self._tell(connection, now, person.user_id, "person.sign_in", person.user_id, after={"by": how})
        return secret

    def failed(self, user_id: str | None, now: int) -> None:
        """Tell the audit of a failure to sign in; None: as somebody who does not exist."""
        with self._writing() as connection:
            # The name that was given is left out: people write passwords there.
            self._tell(connection, now, "anybody", "person.sign_in_failed", user_id or "unknown")

    def session(self, secret: str, now: int) -> Session | None:
        """The session of a cookie, unless it is over; it counts as used now."""
        digest = digest_of(secret)
        if digest is None:
            return None
        statement = (
            select(*WHO, sessions.c.token, sessions.c.created.label("since"), sessions.c.until)
            .add_columns(sessions.c.used)
            .join_from(sessions, people)
            .where(sessions.c.digest == digest, people.c.disabled.is_(None), ~self._over(now))
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        if now - row.used >= TOUCHED:
            self._touch(digest, now)
        return Session(person_of(row), row.token, row.since, row.until)

    def end(self, secret: str, now: int) -> None:
        """Sign out."""
        same = sessions.c.digest == digest_of(secret)
        with self._writing() as connection:
            ended = connection.execute(delete(sessions).where(same).returning(sessions.c.user_id)).scalar()
            if ended is not None:
                self._tell(connection, now, ended, "person.sign_out", ended)

    def end_all(self, user_id: str, actor: str, now: int) -> int:
        """Sign somebody out everywhere; how many sessions that ended."""
        with self._writing() as connection:
            ended = connection.execute(delete(sessions).where(sessions.c.user_id == user_id)).rowcount
            if ended:
                self._tell(connection, now, actor, "person.sign_out_all", user_id)
        return ended

    def _touch(self, digest: bytes, now: int) -> None:
        later = (sessions.c.digest == digest) & (sessions.c.used < now)
        with self._database.writing() as connection:
            connection.execute(update(sessions).where(later).values(used=now))

    def _over(self, now: int) -> ColumnElement[bool]:
        return or_(sessions.c.until <= now, sessions.c.used <= now - self._settings.idle)
