"""Who may sign in, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exc, insert, select, update

from detector.people.names import login_of, shown_name
from detector.people.part import WHO, PeoplePart, found, person_of, wanted
from detector.people.records import PeopleError, Person
from detector.people.roles import PERSONAL
from detector.people.secrets import new_user_id
from detector.store.people_schema import invitations, people

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from detector.people.roles import Role


class SqlAccounts(PeoplePart):
    """People by id. `actor` is who does it, `now` ms since the epoch."""

    def add(self, name: str, role: Role, actor: str, now: int) -> Person:
        """A new person, who cannot sign in yet. Raises `PeopleError` if the name is taken."""
        with self._writing() as connection:
            return self._added(connection, name, role, actor, now)

    def provision(self, name: str, role: Role, issuer: str, identity: str, now: int) -> Person:
        """A new person whom an issuer vouches for. Raises `PeopleError` if the name is taken."""
        with self._writing() as connection:
            person = self._added(connection, name, role, f"oidc {issuer}", now)
            return self._identify(connection, person, issuer, identity)

    def people(self) -> list[Person]:
        """Everybody, by name."""
        with self._database.reading() as connection:
            return [person_of(row) for row in connection.execute(select(*WHO).order_by(people.c.login))]

    def person(self, user_id: str) -> Person | None:
        """By id."""
        return self._found(people.c.user_id == user_id)

    def named(self, name: str) -> Person | None:
        """By name, in whatever case."""
        return self._found(people.c.login == login_of(name))

    def identified(self, issuer: str, identity: str) -> Person | None:
        """By what an issuer of OpenID Connect calls them."""
        return self._found((people.c.issuer == issuer) & (people.c.identity == identity))

    def set_role(self, user_id: str, role: Role, actor: str, now: int) -> Person:
        """Another role; sessions end. Raises `PeopleError` for the last administrator."""
        _check_role(role)
        with self._writing() as connection:
            person = wanted(connection, user_id)
            if person.role == role:
                return person
            _check_last(connection, person)
            before, after = {"role": person.role}, {"role": role}
            self._tell(connection, now, actor, "person.role", user_id, before, after)
            return self._change(connection, person, role=role)

    def disable(self, user_id: str, actor: str, now: int) -> Person:
        """Let nobody in as this person from now on. Raises `PeopleError` for the last administrator."""
        with self._writing() as connection:
            person = wanted(connection, user_id)
            if person.disabled is not None:
                return person
            _check_last(connection, person)
            connection.execute(delete(invitations).where(invitations.c.user_id == user_id))
            self._tell(connection, now, actor, "person.disable", user_id)
            return self._change(connection, person, disabled=now)

    def enable(self, user_id: str, actor: str, now: int) -> Person:
        """Undo `disable`."""
        with self._writing() as connection:
            person = wanted(connection, user_id)
            if person.disabled is None:
                return person
            self._tell(connection, now, actor, "person.enable", user_id)
            return self._change(connection, person, disabled=None)

    def link(self, user_id: str, issuer: str, identity: str, actor: str, now: int) -> Person:
        """Let in whom an issuer calls `identity`. Raises `PeopleError` if that is somebody else already."""
        with self._writing() as connection:
            person = wanted(connection, user_id)
            told = {"issuer": issuer, "identity": identity}
            self._tell(connection, now, actor, "person.link", user_id, after=told)
            return self._identify(connection, person, issuer, identity)

    def password_of(self, name: str) -> tuple[Person, str | None] | None:
        """Who has a name, and the hash of the password, if there is one."""
        statement = select(*WHO, people.c.password).where(people.c.login == login_of(name))
        with self._database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else (person_of(row), row.password)

    def rehash(self, user_id: str, old: str, new: str) -> None:
        """Keep the same password under other parameters, unless it was changed meanwhile."""
        same = (people.c.user_id == user_id) & (people.c.password == old)
        with self._database.writing() as connection:
            connection.execute(update(people).where(same).values(password=new))

    def _added(self, connection: Connection, name: str, role: Role, actor: str, now: int) -> Person:
        _check_role(role)
        shown, user_id = shown_name(name), new_user_id(self._random)
        row = {"user_id": user_id, "name": shown, "login": login_of(shown), "role": role}
        try:
            connection.execute(insert(people).values(created=now, version=1, **row))
        except exc.IntegrityError:
            raise PeopleError(f"name {shown!r} is taken; choose another") from None
        self._tell(connection, now, actor, "person.add", user_id, after={"name": shown, "role": role})
        return Person(user_id, shown, role, now, None, False, None, None, 1)  # noqa: FBT003 - a column

    def _identify(self, connection: Connection, person: Person, issuer: str, identity: str) -> Person:
        try:
            return self._change(connection, person, issuer=issuer, identity=identity)
        except exc.IntegrityError:
            raise PeopleError("this identity is linked to somebody else; link another") from None

    def _found(self, condition: ColumnElement[bool]) -> Person | None:
        with self._database.reading() as connection:
            return found(connection, condition)


def _check_role(role: Role) -> None:
    if role not in PERSONAL:
        raise PeopleError(f"role {role!r} is not one of a person; choose one of {', '.join(PERSONAL)}")


def _check_last(connection: Connection, person: Person) -> None:
    """Administrators are locked, so that two of them cannot be the last for each other."""
    if person.role != "admin" or person.disabled is not None:
        return
    active = (people.c.role == "admin") & people.c.disabled.is_(None)
    rows = connection.execute(
        select(people.c.user_id).where(active).order_by(people.c.user_id).with_for_update()
    )
    if {row.user_id for row in rows} <= {person.user_id}:
        raise PeopleError(f"{person.name} is the last administrator; make somebody else one first")
