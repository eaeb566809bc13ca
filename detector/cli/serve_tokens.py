"""Options of the tokens that answer challenges at `stillwatch serve`."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from detector.hook.tokens.opening import opened_tokens
from detector.human.assembly import Options
from detector.human.opening import spent_url, token_secret
from detector.human.privacy_pass import HEADER
from detector.stream.secret import stream_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.hook.tokens.desk import TokenDesk
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log
    from detector.telemetry.metrics.instruments import Instruments

IssuerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--token-issuer", help="Take tokens of this issuer of Privacy Pass, host[:port]; repeatable."
    ),
]
OriginOption = Annotated[
    str | None,
    typer.Option("--token-origin", help="Hosts of the API for which tokens are, separated by commas."),
]
HeaderOption = Annotated[str, typer.Option("--token-header", help="Header field in which tokens come.")]
SpentOption = Annotated[
    str | None,
    typer.Option(
        "--spent-tokens",
        help="Where spent tokens are: sqlite:///FILE, or postgresql://USER@HOST/DATABASE.",
        show_default="beside the store",
    ),
]
TrustOption = Annotated[
    list[str] | None,
    typer.Option(
        "--token-network", help="A network of yours in which issuers may be, as 10.1.0.0/16; repeatable."
    ),
]
AuthoritiesOption = Annotated[
    str | None,
    typer.Option("--token-ca", help="File of certificates to trust at issuers, instead of the system's."),
]


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """Whose tokens are taken, and where spent ones are kept."""

    options: Options
    secret_of: str
    """the store whose secret binds challenges to accounts"""
    spent: str = field(repr=False)


def token_choice(
    issuers: list[str] | None,
    origin: str | None,
    header: str,
    spent: str | None,
    networks: list[str] | None,
    authorities: str | None,
    store: str,
) -> TokenChoice | None:
    """None if no tokens are taken. Contradictions are shown like any other wrong option."""
    if not issuers:
        if origin is not None or spent is not None or networks or authorities is not None:
            raise typer.BadParameter("options of tokens need --token-issuer, to say whose tokens are taken")
        return None
    if not origin:
        raise typer.BadParameter("--token-issuer needs --token-origin, the hosts of your API")
    options = Options(
        tuple(issuers), origin, header=header or HEADER, trusted_networks=tuple(networks or ()),
        authorities=authorities,
    )  # fmt: skip
    return TokenChoice(options, store, spent or spent_url(store))


@contextmanager
def chosen_tokens(
    choice: TokenChoice | None, clock: Clock, instruments: Instruments, log: Log
) -> Iterator[TokenDesk | None]:
    """What judges tokens, if any are taken. Raises `TokenError` and `StoreError`."""
    if choice is None:
        yield None
        return
    secret = token_secret(stream_secret(os.environ, choice.secret_of))
    with opened_tokens(choice.options, secret, choice.spent, clock, instruments, log) as desk:
        yield desk
