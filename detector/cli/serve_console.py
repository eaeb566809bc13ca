"""Options of the console that `stillwatch serve` serves to people."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detector.console.opening import ConsoleSettings, opened_console
from detector.dossier.sealing import SampleKey
from detector.people.oidc.settings import read_oidc
from detector.people.records import PeopleError
from detector.people.site import make_site
from detector.registry.errors import RegistryError
from detector.registry.keys import trusted_key
from detector.store.errors import StoreError
from detector.stream.secret import stream_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.console.opening import Opened
    from detector.hook.parts import Parts
    from detector.hook.serving import Listening

ConsoleOption = Annotated[
    bool, typer.Option("--console/--no-console", help="Serve the console for people, too (/console).")
]
SiteOption = Annotated[
    str | None,
    typer.Option(
        "--origin",
        help="Where browsers reach the console, such as https://stillwatch.example. "
        "Left out: the address of --http, which must be this machine's own and name its port.",
    ),
]
ProxyOption = Annotated[
    list[str] | None,
    typer.Option("--proxy", help="Network of a proxy whose X-Forwarded-For counts; may be repeated."),
]
OidcOption = Annotated[
    Path | None, typer.Option("--oidc", help="Settings of single sign-on, TOML (see docs/people.md).")
]
RegistryOption = Annotated[
    Path | None,
    typer.Option(
        "--registry",
        help="Registry whose models the console shows, and changes where STILLWATCH_MODELS_KEY is set.",
    ),
]


@dataclass(frozen=True, slots=True)
class ConsoleChoice:
    """What was asked for."""

    wanted: bool
    origin: str | None
    proxies: tuple[str, ...]
    oidc: Path | None
    registry: Path | None


def console_settings(choice: ConsoleChoice, listening: Listening, store: str) -> ConsoleSettings | None:
    """Of the console; None where none is wanted. Raises `typer.BadParameter`."""
    if not choice.wanted or (choice.origin is None and listening.http.port == 0):
        return None
    scheme = "http" if listening.tls is None else "https"
    origin = choice.origin or f"{scheme}://{listening.http}"
    try:
        site = make_site(origin, choice.proxies)
        oidc = None if choice.oidc is None else read_oidc(choice.oidc)
        if choice.registry is not None:
            trusted_key(choice.registry, os.environ)
    except RegistryError as error:
        raise typer.BadParameter(str(error)) from None
    except PeopleError as error:
        hint = "" if choice.origin else "; say --origin, or --no-console"
        raise typer.BadParameter(f"{error}{hint}") from None
    return ConsoleSettings(site, oidc, _sample_key(store), choice.registry)


def _sample_key(store: str) -> SampleKey | None:
    """Without the stream's secret everything works but for looking into samples."""
    try:
        return SampleKey.from_secret(stream_secret(os.environ, store))
    except StoreError:
        return None


@contextmanager
def chosen_console(settings: ConsoleSettings | None, store: str, parts: Parts) -> Iterator[Opened | None]:
    """The console, if one is wanted. Raises as `opened_console`."""
    if settings is None:
        yield None
        return
    with opened_console(store, settings, parts, os.environ) as opened:
        yield opened
