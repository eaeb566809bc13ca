"""A verifier from what an operator says."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING

from detector.human.contexts import Unbound, Windows
from detector.human.errors import HumanTokenError
from detector.human.fetching import Fetcher
from detector.human.issuer import Issuer
from detector.human.privacy_pass import HEADER, PrivacyPass, Settings

if TYPE_CHECKING:
    from detector.human.addresses import Network
    from detector.human.contexts import Contexts
    from detector.human.spent import SpentTokens
    from detector.telemetry.logs import Log


@dataclass(frozen=True, slots=True)
class Options:
    """Of Privacy Pass."""

    issuers: tuple[str, ...]
    """names of issuers, each host or host:port"""
    origin_info: str
    """names of the API's hosts, separated by commas"""
    secret: bytes | None = field(default=None, repr=False)
    """32 random bytes or more, the same in every process; None binds tokens to no account or time"""
    window: int = 3_600_000
    """ms; with a secret, tokens are taken for one to two of it"""
    header: str = HEADER
    trusted_networks: tuple[str, ...] = ()
    """of the operator's own, in which issuers may be"""
    authorities: str | None = None
    """file of certificates to trust instead of the system's"""


def build(options: Options, spent: SpentTokens, log: Log) -> PrivacyPass:
    """Fetches nothing yet: keys come with the first `refresh`.

    Raises `HumanTokenError` or `ValueError` with the option that is wrong.
    """
    if not options.issuers:
        raise HumanTokenError("issuers of tokens are not named; name one at least")
    trusted = tuple(_network(text) for text in options.trusted_networks)
    fetcher = Fetcher(_tls(options.authorities), trusted=trusted)
    issuers = [Issuer(name, fetcher, log) for name in dict.fromkeys(options.issuers)]
    return PrivacyPass(issuers, _contexts(options), spent, Settings(options.origin_info, options.header), log)


def _contexts(options: Options) -> Contexts:
    return Unbound() if options.secret is None else Windows(options.secret, options.window)


def _tls(authorities: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError:
        raise HumanTokenError(f"authorities {authorities} is no readable file of PEM certificates") from None


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise HumanTokenError(f"trusted network {text} is none; write it as 10.1.0.0/16") from None
