"""`stillwatch models`: versions of the model, and which of them is used."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from detector.cli.compose import told_plainly
from detector.cli.models_shadow import shadow_command
from detector.cli.models_shown import (
    RegistryArgument,
    VersionArgument,
    card_command,
    history_command,
    list_command,
    show_command,
    verify_command,
)
from detector.cli.operator import user_name
from detector.registry.errors import RegistryError
from detector.registry.keys import KEY_VARIABLE, read_key, write_key
from detector.registry.registry import Actor, Registry
from detector.stream.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.registry.keys import Signer

KeyOption = Annotated[
    Path | None,
    typer.Option("--key", envvar=KEY_VARIABLE, help="File of the private key.", show_envvar=True),
]
WhyOption = Annotated[str, typer.Option("--why", help="Why: it stands in the history.")]


def make_models_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Versions of the model.")
    app.command("key")(key_command)
    app.command("add")(add_command)
    app.command("list")(list_command)
    app.command("show")(show_command)
    app.command("card")(card_command)
    app.command("history")(history_command)
    app.command("verify")(verify_command)
    app.command("challenge")(challenge_command)
    app.command("promote")(promote_command)
    app.command("rollback")(rollback_command)
    app.command("shadow")(shadow_command)
    return app


@contextmanager
def changing(folder: Path, key: Path | None, why: str) -> Iterator[tuple[Registry, Actor]]:
    """A registry, and who changes it under which key; errors are told plainly."""
    with told_plainly():
        registry = Registry.open(folder, os.environ)
        yield registry, Actor(f"{user_name()} (command line)", SystemClock().now(), why, _signer(key))


def key_command(
    registry: RegistryArgument,
    out: Annotated[Path, typer.Option("--out", help="File for the private key; keep it off the registry.")],
) -> None:
    """Begin a registry: make its key, and print the public half.

    Set STILLWATCH_MODELS_TRUST to what is printed where models are used.

    Example:
      stillwatch models key registry --out models.pem
    """
    with told_plainly():
        if out.resolve().is_relative_to(registry.resolve()):
            raise RegistryError(
                f"{out}: lies in the registry, where whoever copies it would find it; move it out"
            )
        signer = write_key(out, Ed25519PrivateKey.generate())
        try:
            Registry.begin(registry, signer.verifier)
        except (RegistryError, OSError):
            out.unlink()
            raise
    typer.echo(str(signer.verifier))


def add_command(
    registry: RegistryArgument,
    source: Annotated[Path, typer.Argument(help="What `stillwatch train` wrote, or the folder of a model.")],
    reference: Annotated[
        Path | None, typer.Option("--reference", help="What `stillwatch drift --save` wrote, for drift.")
    ] = None,
    why: WhyOption = "added",
    key: KeyOption = None,
) -> None:
    """Take in a model with its gate, card and lineage, and sign it. It is not used yet.

    Example:
      stillwatch models add registry trained --key models.pem
    """
    with changing(registry, key, why) as (opened, actor):
        version = opened.add(source, actor, reference)
    typer.echo(f"added as {version}; it is not used yet")


def challenge_command(
    registry: RegistryArgument,
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="None: no challenger any more.")
    ] = None,
    why: WhyOption = "to be watched",
    key: KeyOption = None,
) -> None:
    """Name the version that `stillwatch run --challenger registry:DIR` scores beside the champion.

    Example:
      stillwatch models challenge registry v2 --key models.pem
    """
    with changing(registry, key, why) as (opened, actor):
        named = opened.challenge(version, actor)
    typer.echo("no version is challenger" if named is None else f"version {named} is challenger")


def promote_command(
    registry: RegistryArgument,
    version: VersionArgument,
    why: WhyOption = "promoted",
    despite: Annotated[
        str | None,
        typer.Option(
            "--despite", metavar="WHY", help="Promote what the gate did not pass; the history keeps why."
        ),
    ] = None,
    key: KeyOption = None,
) -> None:
    """Make a version the champion. Whoever uses registry:DIR has it from the next start on.

    Refused without a gate that was passed against the present champion.

    Example:
      stillwatch models promote registry v2 --why "finds the March family" --key models.pem
    """
    with changing(registry, key, why if despite is None else despite) as (opened, actor):
        named = opened.promote(version, actor, despite=despite is not None)
    typer.echo(f"version {named} is champion; restart what uses it, and calibrate anew")


def rollback_command(
    registry: RegistryArgument, why: WhyOption = "rolled back", key: KeyOption = None
) -> None:
    """Take the last promotion back.

    Example:
      stillwatch models rollback registry --why "too many alerts" --key models.pem
    """
    with changing(registry, key, why) as (opened, actor):
        named = opened.rollback(actor)
    typer.echo(f"version {named} is champion again; restart what uses it")


def _signer(key: Path | None) -> Signer:
    if key is None:
        raise RegistryError(f"no private key is named; give --key FILE, or set {KEY_VARIABLE}")
    return read_key(key)
