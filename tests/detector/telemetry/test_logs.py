from __future__ import annotations

import io
import json
import logging
from decimal import Decimal
from typing import Any

import pytest

from detector.store.errors import Fenced
from detector.telemetry.fields import WITHHELD, Account, Failure, Field, Name
from detector.telemetry.logs import open_logs

SECRET = "My prompt: how do I ..."
OURS = logging.getLogger("streaming.somewhere")
LIBRARY = logging.getLogger("kafka.somewhere")


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """What was logged, each line without the time."""
    read = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert all(line.pop("time").endswith("Z") for line in read)
    return read


def raised(error: Exception) -> Exception:
    """The same with a traceback."""
    try:
        raise error
    except type(error) as caught:
        return caught


def test_a_line_is_an_object_with_its_fields() -> None:
    """Numbers, names, accounts and nothing as they are, under what happened."""
    stream = io.StringIO()
    with open_logs(stream) as log:
        log.info("took in", origin=Name("llm.usage/3"), records=5, share=0.5, idle=False, watermark=None)
        log.warning("odd", account=Account("some\nbody"))
    first, second = lines(stream)
    assert first == {
        "level": "info", "logger": "detector", "event": "took in", "origin": "llm.usage/3",
        "records": 5, "share": 0.5, "idle": False, "watermark": None,
    }  # fmt: skip
    assert second == {"level": "warning", "logger": "detector", "event": "odd", "account": "some\nbody"}
    assert stream.getvalue().count("\n") == 2


@pytest.mark.parametrize(
    "text", [SECRET, Name(SECRET), "", "x" * 301, [SECRET], {SECRET: 1}, SECRET.encode()]
)
def test_what_may_hold_content_is_withheld(text: Any) -> None:
    """A sentence is no name, and what is no field is not shown; the line is written all the same."""
    stream = io.StringIO()
    with open_logs(stream) as log:
        log.info("said", text=text)
        OURS.info("said %s and %s", text, 1)
    field, argument = lines(stream)
    assert field["text"] == WITHHELD
    assert argument["event"] == f"said {WITHHELD} and 1"


def test_no_field_passes_for_the_line_itself() -> None:
    """Time, level, logger and event are ours."""
    stream = io.StringIO()
    fields: dict[str, Field] = {"level": Name("error"), "time": 5, "event": Name("stopped"), "logger": 1}
    with open_logs(stream) as log:
        log.info("started", **fields)
    assert lines(stream) == [{"level": "info", "logger": "detector", "event": "started"}]


def test_failures_quote_only_what_we_said() -> None:
    """Our messages hold no content; of others the type, the place and the system's word are told."""
    stream = io.StringIO()
    with open_logs(stream) as log:
        OURS.warning("%s: %s; trying again in %.1f s", "llm.usage/0", Fenced("llm.usage/0"), 0.25)
        log.error("lost", error=Failure(raised(ValueError(SECRET))))
        log.error("lost", error=Failure(OSError(28, "No space left on device", SECRET)))
        OURS.error("lost", exc_info=raised(KeyError(SECRET)))
    ours, foreign, system, caught = lines(stream)
    assert ours["event"].startswith("llm.usage/0: detector.store.errors.Fenced: llm.usage/0 has a newer")
    assert ours["event"].endswith("; trying again in 0.2 s")
    assert foreign["error"].startswith("builtins.ValueError at test_logs.py:")
    assert system["error"] == "builtins.OSError: No space left on device"
    assert caught["error"].startswith("builtins.KeyError at test_logs.py:")
    assert SECRET not in stream.getvalue()


def test_libraries_are_quoted_without_their_arguments() -> None:
    """Of a library's warning the template and its numbers are kept; what is less than a warning is not."""
    stream = io.StringIO()
    with open_logs(stream, "debug"):
        LIBRARY.info("nothing of note")
        LIBRARY.warning("%s failed after %d tries", "host:9092", 3)
        LIBRARY.warning("took %d s", Decimal(3))
        LIBRARY.warning("%(who)s", {"who": SECRET})
        LIBRARY.error("stopped", exc_info=raised(ValueError(SECRET)))
        LIBRARY.error({"body": SECRET})
    said = [line["event"] for line in lines(stream)]
    assert said == ["<str> failed after 3 tries", "took %d s", "%(who)s", "stopped", "<dict>"]
    assert SECRET not in stream.getvalue()


def test_a_stream_that_fails_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A closed pipe loses lines; nothing is raised, and nothing is printed in their place."""
    stream = io.StringIO()
    with open_logs(stream):
        stream.close()
        OURS.error("lost %s", "somebody")
    assert capsys.readouterr() == ("", "")


def test_logging_is_left_as_it_was() -> None:
    """After the block nothing is sent to the stream, and levels are back."""
    root, before = logging.getLogger(), (logging.getLogger().level, OURS.getEffectiveLevel())
    handlers = list(root.handlers)
    stream = io.StringIO()
    with open_logs(stream, "error"):
        OURS.warning("unheard")
    OURS.error("after")
    assert stream.getvalue() == ""
    assert (root.level, OURS.getEffectiveLevel()) == before
    assert root.handlers == handlers


def test_a_log_may_say_more() -> None:
    """Ours from the level on that was asked for."""
    stream = io.StringIO()
    with open_logs(stream, "debug") as log:
        log.debug("polled")
        OURS.debug("sought")
    assert [line["event"] for line in lines(stream)] == ["polled", "sought"]
