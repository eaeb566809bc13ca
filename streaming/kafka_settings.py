"""Where Kafka is and how a client proves itself; no client library is needed to say so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
Client = Literal["kafka-python", "confluent"]


@dataclass(frozen=True, slots=True)
class KafkaSecurity:
    """How a client proves itself to the brokers and they to it.

    The password is no field, so that no repr, log or dump of settings can show it: `password_env` names the
    environment variable, or `password_file` the file, that holds it. Without `ca_file` the system's
    certificate authorities are trusted; `cert_file` and `key_file` are the client's own, for mutual TLS.
    """

    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str | None = None
    password_env: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    def __post_init__(self) -> None:
        for name, value, known in (
            ("protocol", self.protocol, get_args(Protocol)),
            ("mechanism", self.mechanism, get_args(Mechanism)),
        ):
            if value not in known:
                raise ValueError(f"kafka security.{name} {value!r} is not one of {', '.join(known)}")
        sources = (self.password_env, self.password_file)
        if self.sasl and (self.username is None or sources.count(None) != 1):
            raise ValueError(
                f"kafka security.protocol {self.protocol} needs security.username and exactly one of "
                "security.password_env and security.password_file"
            )

    @property
    def sasl(self) -> bool:
        """Whether the client logs in with a name and a password."""
        return self.protocol.startswith("SASL_")

    def password(self, environ: Mapping[str, str]) -> str:
        """The password; raises ValueError if the variable is not set, OSError if the file cannot be read."""
        if self.password_file is not None:
            return self.password_file.read_text(encoding="utf-8").strip()
        if self.password_env is None or self.password_env not in environ:
            raise ValueError(f"environment variable {self.password_env} is not set; put the password there")
        return environ[self.password_env]


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Where the brokers are and, for a source, what to read as whom."""

    brokers: tuple[str, ...]
    """`host:port` of one or more brokers; the others are learnt from them"""
    topics: tuple[str, ...] = ()
    """topics to read, all of which must exist"""
    pattern: str | None = None
    """instead of `topics`: a regular expression that a topic's whole name matches, now or later"""
    group: str = "stillwatch"
    client_id: str = "stillwatch"
    security: KafkaSecurity = field(default_factory=KafkaSecurity)
    max_poll_records: int = 5000
    auto_offset_reset: Literal["earliest", "latest", "none"] = "earliest"
    """where a group starts that has committed nothing yet; `none` refuses to start"""
    poll_seconds: float = 0.5
    """how long a poll waits for records, and so the pace of idle blocks"""
    discovery_seconds: float = 60.0
    """how soon new partitions, and new topics of `pattern`, are noticed"""
    unreachable_seconds: float = 60.0
    """how long brokers may be gone before a source or sink gives up"""
    session_seconds: float = 45.0
    """how long a member of the group may be silent before others take its partitions over"""
    max_poll_seconds: float = 120.0
    """how long a member may not poll before it leaves the group; at least `session_seconds`"""
    client: Client = "kafka-python"
    """library that reads: `confluent` needs the extra of that name"""

    def __post_init__(self) -> None:
        if self.client not in get_args(Client):
            raise ValueError(f"kafka client {self.client!r} is not one of {', '.join(get_args(Client))}")
        if self.max_poll_seconds < self.session_seconds:
            raise ValueError(
                f"kafka max_poll_seconds {self.max_poll_seconds:g} is below session_seconds "
                f"{self.session_seconds:g}; raise it"
            )
        if not self.brokers:
            raise ValueError("kafka brokers is empty; name at least one host:port")
        if self.topics and self.pattern is not None:
            raise ValueError("kafka topics and kafka pattern are both set; keep one")
        if self.pattern is not None:
            _compile(self.pattern)


def _compile(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"kafka pattern is no regular expression: {error}") from error


def where(settings: KafkaSettings) -> str:
    """The brokers, for messages."""
    return f"Kafka at {', '.join(settings.brokers)}"


def unanswered(settings: KafkaSettings) -> str:
    """What may keep brokers from answering; kafka-python 3.0 retries a refused login as it does silence."""
    security = settings.security
    silent = (
        f"did not answer within {settings.unreachable_seconds:g} s: check kafka brokers, that they run, "
        f"that the listener speaks {security.protocol}"
    )
    if not security.sasl:
        return silent
    return f"{silent}, and the login: user {security.username}, mechanism {security.mechanism}, password"


def refused(settings: KafkaSettings) -> str:
    """What to check when the login was turned down."""
    security = settings.security
    return (
        f"refused the login {security.username}: check kafka security.mechanism ({security.mechanism}), "
        "security.username and the password"
    )


def foreign_group(settings: KafkaSettings) -> str:
    """What to do when members of the group divide partitions in another way."""
    return (
        f"group {settings.group} has members of another program, or of an older version, that divide "
        "partitions differently: set kafka group to a name of its own, or stop them first"
    )


def missing_topics(settings: KafkaSettings, known: Collection[str]) -> str | None:
    """What is wrong with the topics that are to be read, if `known` is all there are."""
    if settings.pattern is not None:
        return None
    if not settings.topics:
        return "kafka topics and kafka pattern are both empty; say what to read"
    if missing := sorted(set(settings.topics) - set(known)):
        return (
            f"{where(settings)}: no topic {', '.join(missing)}, or the login may not see it; "
            "create it, allow the login to describe it, or subscribe by kafka pattern"
        )
    return None


def no_position(settings: KafkaSettings, origin: str) -> str:
    """What to do when `auto_offset_reset` is `none` and nobody knows where to begin."""
    return (
        f"{where(settings)}: no position is stored for {origin} and kafka auto_offset_reset is none; "
        "set it to earliest or latest for the first start"
    )
