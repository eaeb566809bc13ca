"""People, their sessions, and for how long these last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from detector.people.roles import Role

HOUR: Final = 3_600_000
"""ms"""


class PeopleError(Exception):
    """Something about people that cannot be: says what, and the remedy."""


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """How long what lets somebody in lasts, ms."""

    idle: int = 8 * HOUR
    """a session that nobody used for so long is over"""
    absolute: int = 24 * HOUR
    """and every session after so long"""
    link: int = 24 * HOUR
    """a set-up link"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in. Times in ms since the epoch."""

    user_id: str
    name: str
    role: Role
    created: int
    disabled: int | None
    """since when; None: is not"""
    has_password: bool
    issuer: str | None
    identity: str | None
    """`iss` and `sub` of OpenID Connect"""
    version: int
    """counts changes; a session begins only under the one that was signed in with"""


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is signed in."""

    person: Person
    token: str
    """what forms of the session carry, against forgery"""
    created: int
    until: int
    """when it ends, used or not"""
