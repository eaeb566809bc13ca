from __future__ import annotations

import io
import json
import logging
from decimal import Decimal
from typing import Any

import pytest

from detector.store.errors import Fenced
from detector.telemetry.fields import WITHHELD, Account, Failure, Field, Name
from detector.telemetry.logs import Log, open_logs

SECRET = "My prompt: how do I ..."


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
    """Numbers, names, accounts and nothing as they are, under the event's name."""
    stream = io.StringIO()
    with open_logs(stream) as log:
        log.info("committed", origin=Name("llm.usage/3"), records=5, share=0.5, idle=False, watermark=None)
        log.warning("odd", account=Account("somebody\n\u202e"))
    committed, odd = lines(stream)
    assert committed == {
        "level": "info", "event": "committed", "origin": "llm.usage/3",
        "records": 5, "share": 0.5, "idle": False, "watermark": None,
    }  # fmt: skip
    assert odd["account"] == "somebody\n\u202e"
    assert stream.getvalue().count("\n") == 2


@pytest.mark.parametrize("field", [Name(SECRET), Name(""), Name("x" * 301), SECRET, [SECRET], {SECRET: 1}])
def test_what_may_hold_content_is_withheld(field: Any) -> None:
    """A sentence is no name, and a bare text is no field; the line is written all the same."""
    stream = io.StringIO()
    with open_logs(stream) as log:
        log.info("said", text=field)
        log.info(SECRET)
    said, unnamed = lines(stream)
    assert said["text"] == WITHHELD
    assert unnamed["event"] == WITHHELD


def test_no_field_passes_for_the_line_itself() -> None:
    """Time, level and event are ours."""
    stream = io.StringIO()
    fields: dict[str, Field] = {"level": Name("error"), "time": 5}
    with open_logs(stream) as log:
        log.info("started", **fields)
    assert lines(stream) == [{"level": "info", "event": "started"}]


def test_failures_quote_only_what_we_said() -> None:
    """Our messages are known to hold no content; of others the type, the place and the system's word are told."""  # noqa: E501
    stream = io.StringIO()
    with open_logs(stream) as log:
        log.error("lost", error=Failure(raised(Fenced("llm.usage/0"))))
        log.error("lost", error=Failure(raised(ValueError(SECRET))))
        log.error("lost", error=Failure(OSError(28, "No space left on device", SECRET)))
    ours, foreign, system = (line["error"] for line in lines(stream))
    assert ours.startswith("detector.store.errors.Fenced: llm.usage/0 has a newer owner")
    assert foreign.startswith("builtins.ValueError at test_logs.py:")
    assert system == "builtins.OSError: No space left on device"
    assert SECRET not in stream.getvalue()


def test_libraries_are_quoted_without_their_arguments() -> None:
    """Of a library's warning the template and its numbers are kept; what is less than a warning is not."""
    stream = io.StringIO()
    library = logging.getLogger("kafka.somewhere")
    with open_logs(stream):
        library.info("nothing of note")
        library.warning("%s failed after %d tries", SECRET, 3)
        library.warning("took %d s", Decimal(3))
        library.warning("%(who)s", {"who": SECRET})
        library.error("stopped", exc_info=raised(ValueError(SECRET)))
        library.error({"body": SECRET})
    said = [line["said"] for line in lines(stream)]
    assert said == ["<str> failed after 3 tries", "took %d s", "%(who)s", "stopped", "dict"]
    assert SECRET not in stream.getvalue()


def test_a_stream_that_fails_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A closed pipe loses lines; nothing is raised, and nothing is printed in their place."""
    stream = io.StringIO()
    with open_logs(stream) as log:
        stream.close()
        log.error("lost", account=Account("somebody"))
    assert capsys.readouterr() == ("", "")


def test_logging_is_left_as_it_was() -> None:
    """After the block nothing is sent to the stream, and levels are back."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    stream = io.StringIO()
    with open_logs(stream, "error") as log:
        log.warning("unheard")
    log.error("after")
    assert stream.getvalue() == ""
    assert (root.level, root.handlers) == before


def test_a_log_may_say_less() -> None:
    """Only what is as grave as asked for."""
    stream = io.StringIO()
    with open_logs(stream, "debug") as log:
        Log.debug(log, "polled", records=0)
    assert [line["event"] for line in lines(stream)] == ["polled"]
