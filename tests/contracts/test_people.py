from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from secrets import token_bytes
from typing import TYPE_CHECKING

import pytest

from detector.audit.reading import entries
from detector.audit.verify import verify
from detector.people.people import SqlPeople
from detector.people.records import HOUR, PeopleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.people.records import Person
    from detector.store.database import Database

NOW = 1_800_000_000_000
HASH = "a hash"


@pytest.fixture
def people(database: Database) -> SqlPeople:
    """Nobody yet."""
    return SqlPeople(database, token_bytes)


def settled(people: SqlPeople, name: str, role: str = "analyst") -> Person:
    """Somebody with a password."""
    person = people.add(name, role, "test", NOW)  # type: ignore[arg-type]  # any text
    accepted = people.accept(people.invite(person.user_id, "test", NOW), HASH, NOW)
    assert accepted is not None
    return accepted


def tried(work: Callable[[], object]) -> bool:
    """Whether it was allowed."""
    try:
        work()
    except PeopleError:
        return False
    return True


def test_people_are_found_by_id_and_by_name(people: SqlPeople) -> None:
    """A name is the same in any case, and nobody else may have it."""
    ada = people.add(" Ada ", "admin", "test", NOW)
    assert (ada.name, ada.role, ada.has_password) == ("Ada", "admin", False)
    assert people.person(ada.user_id) == people.named("ADA") == ada
    assert people.named("nobody") is None
    assert people.named("a\0b") is None
    with pytest.raises(PeopleError, match="name 'aDA' is taken"):
        people.add("aDA", "viewer", "test", NOW)
    people.add("Bob", "viewer", "test", NOW)
    assert [person.name for person in people.people()] == ["Ada", "Bob"]


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "a\nb", "x" * 65])
def test_a_name_that_cannot_be_typed_is_refused(people: SqlPeople, name: str) -> None:
    """And so is a role that only programs have."""
    with pytest.raises(PeopleError, match="name: "):
        people.add(name, "viewer", "test", NOW)
    with pytest.raises(PeopleError, match="role 'service' is not one of a person"):
        people.add("ada", "service", "test", NOW)


def test_a_link_counts_once_and_for_a_day(people: SqlPeople) -> None:
    """A newer one replaces it, and one of somebody who is disabled is none."""
    ada = people.add("ada", "viewer", "test", NOW)
    old, link = (people.invite(ada.user_id, "test", NOW) for _ in range(2))
    assert people.invited(old, NOW) is None
    assert people.accept(old, HASH, NOW) is None
    assert people.invited(link, NOW + 24 * HOUR - 1) == ada
    assert people.invited(link, NOW + 24 * HOUR) is None
    assert people.accept(link, HASH, NOW + 24 * HOUR) is None
    accepted = people.accept(link, HASH, NOW)
    assert accepted is not None
    assert accepted.has_password
    assert people.accept(link, HASH, NOW) is None
    last = people.invite(ada.user_id, "test", NOW)
    people.disable(ada.user_id, "test", NOW)
    assert people.invited(last, NOW) is None
    assert people.accept(last, HASH, NOW) is None
    with pytest.raises(PeopleError, match="ada is disabled"):
        people.invite(ada.user_id, "test", NOW)


def test_of_several_who_use_a_link_at_once_one_does(people: SqlPeople) -> None:
    """The others find it used."""
    ada = people.add("ada", "viewer", "test", NOW)
    link = people.invite(ada.user_id, "test", NOW)
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda number: people.accept(link, f"hash {number}", NOW), range(6)))
    assert sum(person is not None for person in done) == 1


def test_a_session_ends_when_its_person_changes(people: SqlPeople) -> None:
    """At once: when the role changes, the account is disabled, or the password is reset or set anew."""
    settled(people, "root", "admin")
    ada = settled(people, "ada")
    changes: list[Callable[[], object]] = [
        lambda: people.set_role(ada.user_id, "senior", "test", NOW),
        lambda: people.reset(ada.user_id, "test", NOW),
        lambda: people.accept(people.invite(ada.user_id, "test", NOW), HASH, NOW),
        lambda: people.link(ada.user_id, "https://id.test", "7", "test", NOW),
        lambda: people.disable(ada.user_id, "test", NOW),
    ]
    for change in changes:
        before = people.person(ada.user_id)
        assert before is not None
        secret = people.start(before, "password", NOW)
        assert secret is not None
        assert people.session(secret, NOW) is not None
        change()
        assert people.session(secret, NOW) is None
        assert people.start(before, "password", NOW) is None


def test_signing_out_ends_one_session_or_all(people: SqlPeople) -> None:
    """A session that was ended cannot be ended again."""
    ada, bob = settled(people, "ada"), settled(people, "bob")
    first, second, third = (people.start(ada, "password", NOW) or "" for _ in range(3))
    others = people.start(bob, "password", NOW) or ""
    for _ in range(2):
        people.end(first, NOW)
    assert [people.session(one, NOW) is not None for one in (first, second, third, others)] == [0, 1, 1, 1]
    assert people.end_all(ada.user_id, "test", NOW) == 2
    assert people.end_all(ada.user_id, "test", NOW) == 0
    assert people.session(second, NOW) is None
    assert people.session(others, NOW) is not None


def test_the_last_administrator_stays(people: SqlPeople) -> None:
    """Neither another role nor disabling; one who is disabled does not count."""
    ada = settled(people, "ada", "admin")
    bob = settled(people, "bob", "admin")
    people.disable(bob.user_id, "test", NOW)
    with pytest.raises(PeopleError, match="ada is the last administrator"):
        people.set_role(ada.user_id, "viewer", "test", NOW)
    with pytest.raises(PeopleError, match="ada is the last administrator"):
        people.disable(ada.user_id, "test", NOW)
    people.enable(bob.user_id, "test", NOW)
    assert people.set_role(ada.user_id, "viewer", "test", NOW).role == "viewer"
    assert people.disable(ada.user_id, "test", NOW).disabled == NOW


def test_of_two_administrators_who_disable_each_other_one_stays(people: SqlPeople) -> None:
    """However they race."""
    pair = [settled(people, name, "admin") for name in ("ada", "bob")]

    def disabled(person: Person) -> bool:
        return tried(lambda: people.disable(person.user_id, "test", NOW))

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(disabled, pair)) == [False, True]
        for person in pair:
            people.enable(person.user_id, "test", NOW)


def test_an_identity_is_one_persons(people: SqlPeople) -> None:
    """It is found under its issuer alone."""
    ada, bob = settled(people, "ada"), settled(people, "bob")
    people.link(ada.user_id, "https://id.test", "7", "test", NOW)
    known = people.identified("https://id.test", "7")
    assert known is not None
    assert known.user_id == ada.user_id
    assert people.identified("https://other.test", "7") is None
    with pytest.raises(PeopleError, match="linked to somebody else"):
        people.link(bob.user_id, "https://id.test", "7", "test", NOW)
    new = people.provision("Cy", "viewer", "https://id.test", "8", NOW)
    assert people.identified("https://id.test", "8") == new
    with pytest.raises(PeopleError, match="name 'Ada' is taken"):
        people.provision("Ada", "viewer", "https://id.test", "9", NOW)


def test_a_password_is_rehashed_unless_it_was_changed(people: SqlPeople) -> None:
    """The version stays: nobody is signed out for it."""
    ada = settled(people, "ada")
    people.rehash(ada.user_id, HASH, "a newer hash")
    assert people.password_of("ADA") == (ada, "a newer hash")
    people.rehash(ada.user_id, HASH, "too late")
    assert people.password_of("ada") == (ada, "a newer hash")
    assert people.password_of("nobody") is None


def test_the_audit_says_who_did_what(people: SqlPeople, database: Database) -> None:
    """In a chain that is whole, and without a secret, a hash or what somebody typed for a name."""
    ada = settled(people, "ada", "admin")
    bob = settled(people, "bob")
    secret = people.start(bob, "password", NOW) or ""
    people.end(secret, NOW)
    people.failed(bob.user_id, NOW)
    people.failed(None, NOW)
    people.set_role(bob.user_id, "senior", ada.user_id, NOW)
    people.reset(bob.user_id, ada.user_id, NOW)
    told = [one.entry for one in entries(database)]
    assert verify(database).fault is None
    assert [one.action.removeprefix("person.") for one in told] == [
        "add", "invite", "password", "add", "invite", "password",
        "sign_in", "sign_out", "sign_in_failed", "sign_in_failed", "role", "reset", "invite",
    ]  # fmt: skip
    assert (told[8].object_id, told[9].object_id) == (bob.user_id, "unknown")
    role = told[10]
    assert (role.actor, role.object_id) == (ada.user_id, bob.user_id)
    assert (role.before, role.after) == (b'{"role":"analyst"}', b'{"role":"senior"}')
    assert not any(word in repr(told) for word in (secret, HASH))
