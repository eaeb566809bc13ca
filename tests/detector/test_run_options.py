from __future__ import annotations

import pytest
from typer.testing import CliRunner

from detector.cli.app import make_app


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--topic or --topic-pattern"),
        (["--topic", "a", "--topic-pattern", "b"], "keep one"),
        (["--topic-pattern", "("], "no regular expression"),
        (["--topic", "a", "--protocol", "HTTP"], "security.protocol 'HTTP' is not one of"),
        (["--topic", "a", "--protocol", "SASL_SSL"], "needs security.username"),
    ],
)
def test_contradicting_options_are_told_without_a_traceback(options: list[str], said: str) -> None:
    """Wrong options of `stillwatch run` end with 2 and say what is wrong, before anything is connected."""
    result = CliRunner().invoke(make_app(), ["run", "--brokers", "127.0.0.1:9", *options])

    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "say where events come from, with --brokers and --topic or with --queue"),
        (["--topic", "a"], "topics need --brokers"),
        (["--queue", "q", "--alerts", "a"], "topics need --brokers"),
        (["--queue", "q", "--brokers", "127.0.0.1:9", "--topic", "a"], "both given; keep one"),
    ],
)
def test_events_come_from_one_place(options: list[str], said: str) -> None:
    """Kafka or a queue: neither and both are told, and topics without brokers."""
    result = CliRunner().invoke(make_app(), ["run", *options])

    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
