"""Looks at the brokers: do they answer, are the topics there, and are they kept as they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.ops.checking import failure, ok, warning
from streaming.kafka.output import KafkaOutput
from streaming.kafka.topics import ask
from streaming.kafka_settings import where
from streaming.sink import SinkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from detector.ops.checking import Check
    from detector.stream.assembly import Topics
    from streaming.kafka_settings import KafkaSettings


def broker_checks(settings: KafkaSettings, topics: Topics, environ: Mapping[str, str]) -> Iterator[Check]:
    """The first is about the brokers; if it fails there are no others."""
    try:
        output = KafkaOutput(settings, environ)
    except SinkError as error:
        yield failure("broker", error)
        return
    with output:
        yield ok("broker", f"{where(settings)} answers")
        for name in (topics.alerts, topics.verdicts, topics.letters):
            if name is not None:
                yield _topic(output, name)
    if topics.verdicts is not None:
        yield _compacted(settings, environ, topics.verdicts)


def _topic(output: KafkaOutput, name: str) -> Check:
    try:
        output.topic(name)
    except SinkError as error:
        return failure("output", error)
    return ok("output", f"topic {name} is there")


def _compacted(settings: KafkaSettings, environ: Mapping[str, str], name: str) -> Check:
    try:
        problem = ask(settings, environ, name).compaction_problem(settings)
    except SinkError as error:
        return failure("compaction", error)
    return (
        ok("compaction", f"topic {name} is compacted") if problem is None else warning("compaction", problem)
    )
