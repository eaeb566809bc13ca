"""Who comes in when a provider vouches for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.people.oidc.errors import NotAdmitted
from detector.people.records import PeopleError

if TYPE_CHECKING:
    from detector.people.oidc.provider import Vouched
    from detector.people.oidc.settings import OidcSettings
    from detector.people.people import SqlPeople
    from detector.people.records import Person


def admit(people: SqlPeople, settings: OidcSettings, vouched: Vouched, now: int) -> str:
    """The secret of a new session. Raises `NotAdmitted`; what was refused to somebody known is audited."""
    person = people.identified(settings.issuer, vouched.identity)
    try:
        current = _as_now(people, settings, vouched, person, now)
        secret = people.start(current, f"oidc {settings.issuer}", now)
    except PeopleError as error:
        people.failed(person.user_id if person else None, now)
        raise NotAdmitted(str(error)) from None
    if secret is None:
        people.failed(current.user_id, now)
        raise NotAdmitted("your account is disabled or was changed just now; ask an administrator")
    return secret


def _as_now(
    people: SqlPeople, settings: OidcSettings, vouched: Vouched, person: Person | None, now: int
) -> Person:
    """The person, made or changed as the groups say."""
    role = settings.role(vouched.groups)
    if settings.roles and role is None:
        raise PeopleError("none of your groups has a role here; ask an administrator")
    if person is None:
        if not settings.provision or role is None:
            raise PeopleError(f"nobody is linked to the identity {vouched.identity}; ask an administrator")
        return people.provision(vouched.name, role, settings.issuer, vouched.identity, now)
    if role is None or role == person.role or person.disabled is not None:
        return person
    return people.set_role(person.user_id, role, f"oidc {settings.issuer}", now)
