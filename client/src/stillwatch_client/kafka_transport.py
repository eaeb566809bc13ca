"""Events to a Kafka topic, keyed by account; needs `stillwatch-client[kafka]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError
from kafka.net.compat import KafkaNetClient

from stillwatch_client.transport import Delivery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stillwatch_client.transport import Line


class KafkaTransport:
    """One idempotent producer (KIP-98), acknowledged by all in-sync replicas; connects when first used."""

    def __init__(
        self, brokers: str, topic: str, timeout: float, options: Mapping[str, Any] | None = None
    ) -> None:
        """`brokers` as `host:port,…`; `options` are kafka-python's, for TLS and logins."""
        self._topic = topic
        self._timeout = timeout
        self._options = {
            "bootstrap_servers": brokers.split(","),
            "acks": "all",
            "enable_idempotence": True,
            "compression_type": "zstd",
            "linger_ms": 5,
            "bootstrap_timeout_ms": int(timeout * 1000),
            "max_block_ms": int(timeout * 1000),
            "delivery_timeout_ms": int(timeout * 1000),
            "request_timeout_ms": max(int(timeout * 500), 1),
            **(options or {}),
        }
        self._producer: Any = None

    def deliver(self, lines: Sequence[Line]) -> Delivery:
        """As `Transport.deliver`."""
        try:
            producer = self._producer = self._producer or _connected(self._options)
            sent = [self._send(producer, line) for line in lines]
            producer.flush(self._timeout)
        except (KafkaError, OSError, ValueError) as error:
            # What was on its way may arrive all the same: a duplicate by its event id.
            self.close()
            return Delivery(0, unsent=tuple(lines), problem=type(error).__name__)
        return _outcome(lines, sent)

    def close(self) -> None:
        """As `Transport.close`."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(0)

    def _send(self, producer: Any, line: Line) -> Any:
        try:
            return producer.send(self._topic, value=line.body, key=line.account_id.encode())
        except MessageSizeTooLargeError as error:
            return error


def _connected(options: Mapping[str, Any]) -> Any:
    opened: list[KafkaNetClient] = []

    def network(**configs: Any) -> KafkaNetClient:
        opened.append(KafkaNetClient(**configs))
        # A misspelt topic is an error, not a new topic; as an option of the producer it gets lost (3.0.12).
        opened[-1].cluster.config["allow_auto_create_topics"] = False
        return opened[-1]

    try:
        return KafkaProducer(kafka_client=network, **options)
    except (KafkaError, OSError, ValueError):
        # A constructor that fails leaves sockets and a thread behind, at each attempt.
        for left in opened:
            left.close()
        raise


def _outcome(lines: Sequence[Line], sent: Sequence[Any]) -> Delivery:
    errors = [_error(one) for one in sent]
    rejected = sum(isinstance(error, MessageSizeTooLargeError) for error in errors)
    unsent = tuple(
        line
        for line, error in zip(lines, errors, strict=True)
        if error is not None and not isinstance(error, MessageSizeTooLargeError)
    )
    problem = next((type(error).__name__ for error in errors if error is not None), "")
    return Delivery(len(lines) - rejected - len(unsent), rejected, unsent, problem=problem)


def _error(sent: Any) -> Any:
    if isinstance(sent, Exception):
        return sent
    return TimeoutError() if not sent.is_done else sent.exception
