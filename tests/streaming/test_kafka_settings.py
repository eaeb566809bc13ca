from __future__ import annotations

import sys
from pathlib import Path

import pytest

from streaming.kafka.options import connection_options
from streaming.kafka_settings import KafkaSecurity, KafkaSettings
from streaming.open_partitions import open_partitions
from streaming.source import SourceError

BROKERS = ("broker:9092",)


def test_a_password_is_in_no_representation() -> None:
    """Settings can be printed and logged: they say where the password is, not what it is."""
    security = KafkaSecurity(protocol="SASL_SSL", username="u", password_env="SECRET")
    settings = KafkaSettings(brokers=BROKERS, security=security)
    options = connection_options(settings, {"SECRET": "hidden value"})
    assert options["sasl_plain_password"] == "hidden value"
    assert "hidden value" not in repr(settings)


@pytest.mark.parametrize(
    "changes",
    [{"username": None}, {"password_env": None}, {"password_file": Path("file")}],
    ids=["no user", "no password", "two passwords"],
)
def test_a_login_needs_a_user_and_one_password(changes: dict[str, Path | None]) -> None:
    """SASL settings that cannot log in are refused when they are made."""
    values: dict[str, object] = {"protocol": "SASL_SSL", "username": "u", "password_env": "SECRET", **changes}
    with pytest.raises(ValueError, match=r"security\.username and exactly one of"):
        KafkaSecurity(**values)  # type: ignore[arg-type]  # fields of several types


def test_settings_that_contradict_themselves_are_refused() -> None:
    """No broker, two ways to name topics, and a pattern that is none are errors that name the setting."""
    with pytest.raises(ValueError, match="brokers is empty"):
        KafkaSettings(brokers=())
    with pytest.raises(ValueError, match="topics and kafka pattern"):
        KafkaSettings(brokers=BROKERS, topics=("a",), pattern="a")
    with pytest.raises(ValueError, match="pattern is no regular expression"):
        KafkaSettings(brokers=BROKERS, pattern="(")
    with pytest.raises(ValueError, match="client 'java' is not one of kafka-python, confluent"):
        KafkaSettings(brokers=BROKERS, client="java")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match="max_poll_seconds 30 is below session_seconds 45"):
        KafkaSettings(brokers=BROKERS, max_poll_seconds=30.0)


def test_a_client_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional library its setting is an error with the command, and nothing else needs it."""
    for name in [name for name in sys.modules if name.startswith("streaming.confluent")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    with pytest.raises(SourceError, match=r"pip install 'stillwatch\[confluent\]'"):
        open_partitions(KafkaSettings(brokers=BROKERS, topics=("a",), client="confluent"), {})


def test_certificates_are_checked_before_connecting(tmp_path: Path) -> None:
    """A certificate file that cannot be read is an error at once, not a connection that never comes."""
    security = KafkaSecurity(protocol="SSL", ca_file=tmp_path / "absent.pem")
    with pytest.raises(OSError, match=r"absent\.pem"):
        connection_options(KafkaSettings(brokers=BROKERS, security=security), {})
