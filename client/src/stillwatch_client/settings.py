"""Settings of the client, and how the environment names them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stillwatch_client.decision import FailMode

KEY_HEADER: Final = "x-stillwatch-key"


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where Stillwatch is."""

    url: str
    """such as `http://stillwatch:8787`"""
    key: str | None = field(default=None, repr=False)
    """API key `swk_…`"""
    ca_file: str | None = None
    """certificates to trust instead of the usual ones"""

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise SettingsError(
                "url (STILLWATCH_URL): not an http:// or https:// address; give the service's"
            )

        if self.key is not None and not self.key.isascii():
            raise SettingsError("key (STILLWATCH_KEY): has letters that no key has; copy it again")

    def trusted(self) -> ssl.SSLContext:
        """The certificates to trust; raises `SettingsError` where the file cannot be read."""
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(f"ca_file (STILLWATCH_CA_FILE): {error}; give a readable PEM file") from error

    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {KEY_HEADER: self.key} if self.key else {}

    def at(self, path: str) -> str:
        """The address of an endpoint."""
        return self.url.rstrip("/") + path


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """Limits of a `VerdictCache`."""

    service: Service
    fail: FailMode = "open"
    """what becomes of a request while nothing is known: `open` lets it through, `closed` refuses it"""
    shadow: bool = False
    """enforce nothing, whatever the service says"""
    max_staleness: float = 60.0
    """seconds without a sign of life from the service after which its verdicts are no longer used"""
    max_verdicts: int = 200_000
    """verdicts that are kept; about 300 bytes each, and twice that while a snapshot is read"""
    silence: float = 30.0
    """seconds without a byte, heartbeats included, after which the feed is opened anew"""
    begin: float = 5.0
    """seconds in which the service must begin to answer"""
    gateway: str = "native"
    """under which name the service counts the requests that went through unchecked"""
    report: float = 5.0
    """seconds between two looks at whether there are such to be reported"""
    backoff: float = 0.5
    """seconds; the first wait before the feed is opened anew is at most that, each next one at most twice"""
    backoff_most: float = 15.0
    """seconds"""

    def __post_init__(self) -> None:
        if self.fail not in {"open", "closed"}:
            raise SettingsError("fail (STILLWATCH_FAIL): is neither open nor closed; give one of them")
        require_positive(
            self, "max_staleness", "max_verdicts", "silence", "begin", "backoff", "backoff_most", "report"
        )


@dataclass(frozen=True, slots=True)
class ShipperSettings:
    """Limits of an `EventShipper`."""

    max_events: int = 20_000
    """events that wait; later ones are dropped and counted"""
    max_bytes: int = 64 << 20
    """bytes of JSON that wait"""
    batch_events: int = 512
    batch_bytes: int = 1 << 20
    """bytes of JSON in a batch, but for an event that is longer by itself"""
    linger: float = 1.0
    """seconds that an event waits for others"""
    timeout: float = 10.0
    """seconds for the delivery of one batch"""
    backoff: float = 0.5
    """seconds"""
    backoff_most: float = 30.0
    """seconds"""

    def __post_init__(self) -> None:
        require_positive(
            self,
            "max_events",
            "max_bytes",
            "batch_events",
            "batch_bytes",
            "timeout",
            "backoff",
            "backoff_most",
        )


def require_positive(settings: object, *names: str) -> None:
    """Raise `SettingsError` where a setting is zero or less."""
    for name in names:
        if not getattr(settings, name) > 0:
            raise SettingsError(f"{name}: must be more than zero")


def service_from(environ: Mapping[str, str]) -> Service:
    """`STILLWATCH_URL`, `STILLWATCH_KEY` and `STILLWATCH_CA_FILE`."""
    url = environ.get("STILLWATCH_URL", "")
    if not url:
        raise SettingsError("url (STILLWATCH_URL): is not set; give the address of the service")
    return Service(url, environ.get("STILLWATCH_KEY"), environ.get("STILLWATCH_CA_FILE"))


def cache_settings_from(
    service: Service, environ: Mapping[str, str], gateway: str = "native"
) -> CacheSettings:
    """What is set of `STILLWATCH_FAIL`, `_SHADOW`, `_MAX_STALENESS`, `_MAX_VERDICTS` and so on."""
    found: dict[str, Any] = {"gateway": gateway}
    if "STILLWATCH_FAIL" in environ:
        found["fail"] = cast("FailMode", environ["STILLWATCH_FAIL"])
    if "STILLWATCH_SHADOW" in environ:
        found["shadow"] = _boolean(environ, "STILLWATCH_SHADOW")
    for name in ("STILLWATCH_MAX_STALENESS", "STILLWATCH_BACKOFF_MOST", "STILLWATCH_REPORT"):
        if name in environ:
            found[name.removeprefix("STILLWATCH_").lower()] = _number(environ, name)
    if "STILLWATCH_MAX_VERDICTS" in environ:
        found["max_verdicts"] = int(_number(environ, "STILLWATCH_MAX_VERDICTS"))
    return CacheSettings(service, **found)


def _boolean(environ: Mapping[str, str], name: str) -> bool:
    value = environ[name].lower()
    if value not in {"0", "1", "false", "true"}:
        raise SettingsError(f"{name}: is no yes or no; give true or false")
    return value in {"1", "true"}


def _number(environ: Mapping[str, str], name: str) -> float:
    try:
        return float(environ[name])
    except ValueError:
        raise SettingsError(f"{name}: is no number") from None
