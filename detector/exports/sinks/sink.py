"""A sink: where to, which findings, and under what name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from detector.alert import Kind  # noqa: TC001 - msgspec reads annotations
from detector.exports.finding import ACTIVITIES, Activity

SinkKind = Literal["webhook", "syslog", "notify"]
SINK_KINDS: Final[tuple[SinkKind, ...]] = ("webhook", "syslog", "notify")

Port: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Words: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=2048)]


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST of JSON, signed by the convention of standardwebhooks.com."""

    url: Words
    secret: Words
    """names where the secret is; see `detector.exports.sinks.secrets`"""
    format: Literal["ocsf", "ecs", "json"] = "ocsf"


class Syslog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of CEF, as RFC 5424 frames it."""

    host: Words
    port: Port = 6514
    transport: Literal["tls", "tcp", "udp"] = "tls"
    authority: str = ""
    """PEM file of the certificates to trust; empty: the system's"""
    facility: Annotated[int, msgspec.Meta(ge=0, le=23)] = 16


class Notify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message to people by Apprise."""

    url: Words
    """names where Apprise's URLs are: they hold secrets"""


Target: TypeAlias = Webhook | Syslog | Notify
TARGETS: Final[dict[SinkKind, type[Target]]] = {"webhook": Webhook, "syslog": Syslog, "notify": Notify}


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which findings a sink gets; empty: any."""

    kinds: tuple[Kind, ...] = ()
    labels: tuple[str, ...] = ()
    severity: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    """at least"""
    on: tuple[Activity, ...] = ACTIVITIES


@dataclass(frozen=True, slots=True)
class Sink:
    """Where findings go. Holds no secrets, only where they are."""

    name: str
    kind: SinkKind
    target: Target
    selection: Selection
    created: int
    """ms of the wall clock"""
    ended: int | None = None
