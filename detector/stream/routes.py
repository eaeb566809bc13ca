"""Where findings go: which topics, and a connection to them that waits for brokers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from detector.stream.opening import awaited_output
from detector.stream.outbox import Route, alerts, letters, verdict, verdicts
from streaming.kafka.output import KafkaOutput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from detector.stream.assembly import Topics
    from detector.stream.patience import Patience
    from detector.stream.service import Stop
    from streaming.kafka_settings import KafkaSettings


@contextmanager
def opened_routes(
    topics: Topics, kafka: KafkaSettings, environ: Mapping[str, str], patience: Patience, stop: Stop
) -> Iterator[list[Route]]:
    """Ways to `topics`, once brokers answer; closed at the end of the block.

    Raises `SinkError` where waiting does not help, or did not.
    """

    def opened() -> tuple[KafkaOutput, list[Route]]:
        output = KafkaOutput(kafka, environ)
        try:
            return output, _routes(topics, output)
        except BaseException:
            output.close()
            raise

    output, routes = awaited_output(opened, patience, stop)
    with output:
        yield routes


def _routes(topics: Topics, output: KafkaOutput) -> list[Route]:
    routes = []
    if topics.alerts is not None:
        routes.append(Route(f"kafka/{topics.alerts}", "alerts", output.topic(topics.alerts), alerts))
    if topics.verdicts is not None:
        sink = output.topic(topics.verdicts, compacted=True)
        routes.append(Route(f"kafka/{topics.verdicts}", "verdicts", sink, verdicts, verdict))
    if topics.letters is not None:
        sink = output.topic(topics.letters)
        routes.append(Route(f"kafka/{topics.letters}", "letters", sink, letters))
    return routes
