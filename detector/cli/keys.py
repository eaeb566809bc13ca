"""`stillwatch keys`: who may ask the service."""

from __future__ import annotations

from contextlib import closing, contextmanager
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console
from rich.table import Table

from detector.alert import timestamp
from detector.cli.compose import told_plainly
from detector.cli.operator import user_name
from detector.cli.store_options import DEFAULT_STORE, StoreOption, ready_store
from detector.hook.auth.keys import SCOPES, SLOWEST
from detector.hook.commands import Commands
from detector.store.opening import open_store
from detector.stream.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.hook.auth.keys import Scope

WhyOption = Annotated[str, typer.Option("--why", help="Why: it stands in the audit.")]


@contextmanager
def commands(store: str) -> Iterator[Commands]:
    """Commands in the name of who is logged in, with errors told plainly."""
    with told_plainly():
        ready_store(store)
        with closing(open_store(store)) as opened:
            yield Commands(opened, f"{user_name()} (command line)", SystemClock().now, token_bytes)


def make_keys_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Keys of gateways and people.")
    app.command("create")(create_command)
    app.command("list")(list_command)
    app.command("revoke")(revoke_command)
    return app


def create_command(
    name: Annotated[str, typer.Argument(help="Whose key it is, such as the gateway's name.")],
    scope: Annotated[list[str], typer.Option("--scope", help=f"One of {', '.join(SCOPES)}; repeatable.")],
    hours: Annotated[
        float | None, typer.Option("--hours", min=0.1, help="After how long it expires; never if left out.")
    ] = None,
    rate: Annotated[float | None, typer.Option("--rate", min=SLOWEST, help="Requests per second.")] = None,
    why: WhyOption = "created",
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Make a key and print it, this once.

    A second key of a name is for changing over: revoke the first when nobody uses it any more.

    Example:
      stillwatch keys create nginx --scope decide
    """
    if unknown := sorted(set(scope) - set(SCOPES)):
        raise typer.BadParameter(f"--scope {', '.join(unknown)} is not known; give {', '.join(SCOPES)}")
    scopes = tuple(cast("Scope", one) for one in dict.fromkeys(scope))
    with commands(store) as do:
        new = do.create_key(name, scopes, why, hours=hours, rate=rate)
    typer.echo(new.text)


def list_command(store: StoreOption = DEFAULT_STORE) -> None:
    """List live keys; the secrets are not stored.

    Example:
      stillwatch keys list
    """
    table = Table("id", "name", "scopes", "created", "expires", "rate", box=None)
    with commands(store) as do:
        for key in do.live_keys():
            expires = "never" if key.expires is None else timestamp(key.expires)
            rate = "" if key.rate is None else f"{key.rate:g}/s"
            table.add_row(key.key_id, key.name, ", ".join(key.scopes), timestamp(key.created), expires, rate)
    Console().print(table)


def revoke_command(
    key_id: Annotated[str, typer.Argument(help="As `stillwatch keys list` shows it.")],
    why: WhyOption = "revoked",
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Let a key count no more, within a second, everywhere.

    Example:
      stillwatch keys revoke abcdefghijkl
    """
    with commands(store) as do:
        do.revoke_key(key_id, why)
    typer.echo(f"key {key_id} counts no more")
