from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from streaming.kafka import KafkaSink, KafkaSource
from streaming.kafka_settings import KafkaSecurity, KafkaSettings
from streaming.source import SourceError
from tests.support.broker import PASSWORD, USERNAME, Broker
from tests.support.topics import produce, records, settings, take

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.kafka


def login(broker: Broker, password_file: Path | None = None, **changes: Any) -> KafkaSettings:
    """Settings that log in with the password of the file, or else of the variable SECRET."""
    security = KafkaSecurity(
        protocol="SASL_PLAINTEXT",
        mechanism="PLAIN",
        username=USERNAME,
        password_env=None if password_file else "SECRET",
        password_file=password_file,
    )
    return settings(broker, brokers=(broker.sasl_address,), topics=("secured",), security=security, **changes)


def test_a_login_with_the_password_of_the_environment(kafka_broker: Broker) -> None:
    """SASL works with a password from a variable, and with one from a file."""
    kafka_broker.create_topic("secured")
    with KafkaSink(login(kafka_broker), "secured", {"SECRET": PASSWORD}) as sink:
        sink.send("a", {"n": 1})
        sink.flush()
    with KafkaSource(login(kafka_broker), {"SECRET": PASSWORD}, idle_blocks=True) as source:
        assert records(take(source, 1)) == [b'{"n":1}']


def test_a_login_with_the_password_of_a_file(kafka_broker: Broker, tmp_path: Path) -> None:
    """The file may end in a line break, as editors leave it."""
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")
    with KafkaSink(login(kafka_broker, secret), "secured", {}) as sink:
        sink.send("a", {"n": 2})
        sink.flush()


def test_a_wrong_password_is_a_clear_error_that_does_not_show_it(
    kafka_broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    """A refused login names the user and the setting; the password is in no message and no log line."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SourceError, match=f"the login: user {USERNAME}, mechanism PLAIN") as caught:
        KafkaSource(login(kafka_broker, unreachable_seconds=1.0), {"SECRET": "a wrong password"})
    assert "a wrong password" not in caplog.text + str(caught.value)


def test_a_password_that_is_not_there_names_the_variable(kafka_broker: Broker) -> None:
    """A variable that is not set is an error before any connection is made."""
    with pytest.raises(SourceError, match="environment variable SECRET is not set"):
        KafkaSource(login(kafka_broker), {})


def test_a_broker_is_known_by_its_certificate(kafka_broker: Broker) -> None:
    """Over TLS a broker with a certificate of the trusted authority is read, another is refused."""
    kafka_broker.create_topic("encrypted")
    trusting = KafkaSecurity(protocol="SSL", ca_file=kafka_broker.certificate.authority)
    reading = settings(
        kafka_broker, brokers=(kafka_broker.tls_address,), topics=("encrypted",), security=trusting
    )
    produce(kafka_broker, "encrypted", [b"{}"])
    with KafkaSource(reading, {}, idle_blocks=True) as source:
        assert records(take(source, 1)) == [b"{}"]
    with pytest.raises(SourceError, match="the listener speaks SSL"):
        KafkaSource(replace(reading, security=KafkaSecurity(protocol="SSL"), unreachable_seconds=1.0), {})
