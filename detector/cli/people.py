"""`stillwatch people`: who may sign in to the console."""

from __future__ import annotations

from contextlib import closing, contextmanager
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer
from rich.console import Console
from rich.table import Table

from detector.alert import timestamp
from detector.cli.compose import told_plainly
from detector.cli.operator import user_name
from detector.cli.store_options import DEFAULT_STORE, StoreOption, ready_store
from detector.people.people import SqlPeople
from detector.people.records import PeopleError
from detector.people.roles import PERSONAL
from detector.people.site import make_site
from detector.store.opening import open_database
from detector.stream.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.people.records import Person
    from detector.people.roles import Role

DEFAULT_URL: Final = "http://127.0.0.1:8787"

NameArgument = Annotated[str, typer.Argument(help="The name to sign in with, in any case.")]
RoleOption = Annotated[str, typer.Option("--role", help=f"One of {', '.join(PERSONAL)}.")]
UrlOption = Annotated[
    str, typer.Option("--url", help="Where browsers find the console: https://HOST.", metavar="ORIGIN")
]


def make_people_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Who may sign in to the console.")
    app.command("add")(add_command)
    app.command("list")(list_command)
    app.command("role")(role_command)
    app.command("link")(link_command)
    app.command("identity")(identity_command)
    app.command("disable")(disable_command)
    app.command("enable")(enable_command)
    return app


def add_command(
    name: NameArgument, role: RoleOption, url: UrlOption = DEFAULT_URL, store: StoreOption = DEFAULT_STORE
) -> None:
    """Add a person and print a link to choose a password: good once, for a day.

    Example:
      stillwatch people add ada --role admin
    """
    with _desk(store) as desk:
        origin = make_site(url).origin
        person = desk.people.add(name, cast("Role", role), desk.actor, desk.now)
        _print_link(origin, desk.people.invite(person.user_id, desk.actor, desk.now))


def list_command(store: StoreOption = DEFAULT_STORE) -> None:
    """List everybody.

    Example:
      stillwatch people list
    """
    table = Table("name", "role", "signs in by", "since", "state", "id", box=None)
    with _desk(store) as desk:
        for person in desk.people.people():
            state = "disabled" if person.disabled is not None else "active"
            since = timestamp(person.created)
            table.add_row(person.name, person.role, _by(person), since, state, person.user_id)
    Console().print(table)


def role_command(
    name: NameArgument,
    role: Annotated[str, typer.Argument(help=f"One of {', '.join(PERSONAL)}.")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Give a person another role, and sign them out everywhere.

    Example:
      stillwatch people role ada senior
    """
    with _desk(store) as desk:
        person = desk.people.set_role(desk.id_of(name), cast("Role", role), desk.actor, desk.now)
    typer.echo(f"{person.name} is {person.role}")


def link_command(
    name: NameArgument,
    url: UrlOption = DEFAULT_URL,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget the password and end all sessions at once.")
    ] = False,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Print a new link to choose a password; older ones count no more.

    Example:
      stillwatch people link ada --url https://stillwatch.example.com
    """
    with _desk(store) as desk:
        origin = make_site(url).origin
        make = desk.people.reset if forget else desk.people.invite
        _print_link(origin, make(desk.id_of(name), desk.actor, desk.now))


def identity_command(
    name: NameArgument,
    issuer: Annotated[str, typer.Option("--issuer", help="The provider, as in its settings.")],
    subject: Annotated[str, typer.Option("--subject", help="What it calls the person: `sub`.")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Let a person in by single sign-on.

    Example:
      stillwatch people identity ada --issuer https://id.example.com --subject 248289761001
    """
    with _desk(store) as desk:
        person = desk.people.link(desk.id_of(name), issuer, subject, desk.actor, desk.now)
    typer.echo(f"{person.name} signs in by {issuer}")


def disable_command(name: NameArgument, store: StoreOption = DEFAULT_STORE) -> None:
    """Let a person in no more, and sign them out everywhere at once.

    Example:
      stillwatch people disable ada
    """
    with _desk(store) as desk:
        person = desk.people.disable(desk.id_of(name), desk.actor, desk.now)
    typer.echo(f"{person.name} is disabled")


def enable_command(name: NameArgument, store: StoreOption = DEFAULT_STORE) -> None:
    """Let a person in again.

    Example:
      stillwatch people enable ada
    """
    with _desk(store) as desk:
        person = desk.people.enable(desk.id_of(name), desk.actor, desk.now)
    typer.echo(f"{person.name} is active")


class _Desk:
    """People, and in whose name and when they are changed."""

    def __init__(self, people: SqlPeople) -> None:
        self.people = people
        self.actor = f"{user_name()} (command line)"
        self.now = SystemClock().now()

    def id_of(self, name: str) -> str:
        person = self.people.named(name)
        if person is None:
            raise PeopleError(f"there is no {name!r}; see `stillwatch people list`")
        return person.user_id


@contextmanager
def _desk(store: str) -> Iterator[_Desk]:
    with told_plainly():
        ready_store(store)
        with closing(open_database(store)) as database:
            try:
                yield _Desk(SqlPeople(database, token_bytes))
            except PeopleError as error:
                raise typer.BadParameter(str(error)) from None


def _by(person: Person) -> str:
    ways = ["password"] * person.has_password + ["single sign-on"] * (person.identity is not None)
    return ", ".join(ways) or "nothing yet"


def _print_link(origin: str, secret: str) -> None:
    typer.echo(f"{origin}/setup/{secret}")
