from __future__ import annotations

from contextlib import closing
from secrets import token_bytes

from typer.testing import CliRunner, Result

from detector.audit.reading import entries
from detector.cli.app import make_app
from detector.people.people import SqlPeople
from detector.store.opening import open_database
from detector.stream.clock import SystemClock


def run(url: str, *arguments: str) -> Result:
    """Run a command of the group."""
    return CliRunner().invoke(make_app(["people"]), ["people", *arguments, "--store", url])


def secret(result: Result, origin: str = "http://127.0.0.1:8787") -> str:
    """Of the link that was printed."""
    assert result.exit_code == 0, result.output
    head, _, secret = result.output.strip().rpartition("/setup/")
    assert head == origin
    return secret


def test_people_are_added_and_changed(url: str) -> None:
    """Each printed link counts until the next one; the audit names who sat at the command line."""
    first = secret(run(url, "add", "Ada", "--role", "admin"))
    second = secret(run(url, "link", "ada", "--url", "https://stillwatch.test/"), "https://stillwatch.test")
    with closing(open_database(url)) as database:
        people, now = SqlPeople(database, token_bytes), SystemClock().now()
        assert people.invited(first, now) is None
        assert people.accept(second, "a hash", now) is not None
        secret(run(url, "link", "ada", "--forget"))
        ada = people.named("ada")
        assert ada is not None
        assert not ada.has_password
        secret(run(url, "add", "Bob", "--role", "viewer"))
        for arguments, said in (
            (("role", "bob", "senior"), "Bob is senior"),
            (
                ("identity", "bob", "--issuer", "https://id.test", "--subject", "7"),
                "signs in by https://id.test",
            ),
            (("disable", "bob"), "Bob is disabled"),
            (("enable", "bob"), "Bob is active"),
        ):
            result = run(url, *arguments)
            assert (result.exit_code, said in result.output) == (0, True), result.output
        actors = {one.entry.actor for one in entries(database) if one.entry.action != "person.password"}
    assert len(actors) == 1
    assert actors.pop().endswith(" (command line)")
    listed = " ".join(run(url, "list").output.split())
    assert "Ada admin nothing yet" in listed
    assert "Bob senior single sign-on" in listed


def test_what_cannot_be_is_said(url: str) -> None:
    """Nothing is changed then."""
    secret(run(url, "add", "Ada", "--role", "admin"))
    for arguments, said in (
        (("add", "ADA", "--role", "viewer"), "is taken"),
        (("add", "x", "--role", "root"), "role 'root' is not one of a person"),
        (("add", "x", "--role", "viewer", "--url", "http://example.com"), "passwords need TLS"),
        (("disable", "ada"), "last administrator"),
        (("role", "ada", "viewer"), "last administrator"),
        (("link", "nobody"), "there is no 'nobody'"),
    ):
        result = run(url, *arguments)
        assert result.exit_code == 2
        assert said in " ".join(result.output.split()), result.output
    assert "x" not in run(url, "list").output.split()
