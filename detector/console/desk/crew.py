"""People: their names, and what administrators do about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.people.roles import may

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.console.desk.sources import Sources
    from detector.people.guard import Visitor
    from detector.people.records import Person
    from detector.people.roles import Role


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody and the secret of the link by which they choose a password."""

    person: Person
    link: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Names of everybody by id, and those to whom cases can be assigned."""

    names: dict[str, str]
    analysts: list[Person]


class Crew:
    """`now` tells ms of the clock. Whatever changes somebody raises `PeopleError`."""

    def __init__(self, sources: Sources, now: Callable[[], int]) -> None:
        self._people = sources.people
        self._now = now

    def people(self) -> list[Person]:
        """Everybody, by name."""
        return self._people.people()

    def names(self) -> dict[str, str]:
        """Names by id."""
        return {one.user_id: one.name for one in self.people()}

    def roster(self) -> Roster:
        """What pages of cases show of people, by one look."""
        people = self.people()
        analysts = [one for one in people if one.disabled is None and may(one.role, "triage")]
        return Roster({one.user_id: one.name for one in people}, analysts)

    def add(self, who: Visitor, name: str, role: Role) -> Invited:
        """Somebody new, with a link."""
        person = self._people.add(name, role, who.user_id, self._now())
        return Invited(person, self._people.invite(person.user_id, who.user_id, self._now()))

    def set_role(self, who: Visitor, user_id: str, role: Role) -> Person:
        """Another role; sessions end."""
        return self._people.set_role(user_id, role, who.user_id, self._now())

    def disable(self, who: Visitor, user_id: str) -> Person:
        """Let nobody in as this person."""
        return self._people.disable(user_id, who.user_id, self._now())

    def enable(self, who: Visitor, user_id: str) -> Person:
        """Undo `disable`."""
        return self._people.enable(user_id, who.user_id, self._now())

    def reset(self, who: Visitor, user_id: str) -> Invited:
        """Forget the password, end all sessions, and make a link."""
        link = self._people.reset(user_id, who.user_id, self._now())
        person = self._people.person(user_id)
        if person is None:
            raise RuntimeError("a person who was just reset is gone")
        return Invited(person, link)
