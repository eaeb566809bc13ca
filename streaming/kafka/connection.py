"""Connecting by kafka-python, and what its errors mean to an operator."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from kafka import errors
from kafka.net.compat import KafkaNetClient

from streaming.kafka.options import connection_options
from streaming.kafka_settings import foreign_group, refused, unanswered, where
from streaming.sink import SinkError, SinkUnavailable
from streaming.source import SourceError, SourceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streaming.kafka_settings import KafkaSettings

AWAY: Final = (errors.KafkaTimeoutError, errors.KafkaConnectionError, errors.NodeNotReadyError)
"""Brokers that do not answer; they may later."""

CLOSE_SECONDS: Final = 5.0
"""Patience with brokers that do not answer a goodbye."""


def connected(
    client: Callable[..., Any],
    failure: Callable[[BaseException, KafkaSettings], Exception],
    settings: KafkaSettings,
    environ: Mapping[str, str],
    **options: object,
) -> Any:
    """A connected client; raises what `failure` makes of errors."""
    # The library logs logins and payloads below INFO.
    library = logging.getLogger("kafka")
    library.setLevel(max(library.getEffectiveLevel(), logging.INFO))
    opened: list[KafkaNetClient] = []

    def network(**configs: object) -> KafkaNetClient:
        opened.append(KafkaNetClient(**configs))
        # The option of this name gets lost on its way here in kafka-python 3.0.12, and a misspelt topic
        # must be an error, not a new and empty topic.
        opened[-1].cluster.config["allow_auto_create_topics"] = False
        return opened[-1]

    try:
        return client(kafka_client=network, **connection_options(settings, environ), **options)
    except (errors.KafkaError, OSError, ValueError) as error:
        # A constructor that fails leaves its sockets and its thread behind.
        for left in opened:
            left.close()
        raise failure(error, settings) from error


def source_error(error: BaseException, settings: KafkaSettings) -> SourceError:
    """What a source raises, with the remedy."""
    kind = SourceUnavailable if isinstance(error, AWAY) else SourceError
    return kind(explain(error, settings))


def sink_error(error: BaseException, settings: KafkaSettings) -> SinkError:
    """What a sink raises, with the remedy."""
    kind = SinkUnavailable if isinstance(error, AWAY) else SinkError
    return kind(explain(error, settings))


def explain(error: BaseException, settings: KafkaSettings) -> str:
    """What went wrong and what to do; `error` is a KafkaError, or a credential that could not be read."""
    at = where(settings)
    match error:
        case errors.SaslAuthenticationFailedError() | errors.UnsupportedSaslMechanismError():
            return f"{at} {refused(settings)}"
        case errors.AuthorizationError():
            return f"{at} does not allow this ({error}): grant the login access to the topic and the group"
        case errors.InconsistentGroupProtocolError():
            return f"{at}: {foreign_group(settings)}"
        case _ if isinstance(error, AWAY):
            return f"{at} {unanswered(settings)}"
        case _:
            return f"{at}: {type(error).__name__}: {error}"
