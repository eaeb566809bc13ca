"""Opens the ingest of a process: where events go, under which secret they are read and sketched."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detector.compose import Intake
from detector.hook.ingest.assembly import make_ingest
from detector.hook.ingest.durable import DurableSink
from detector.hook.ingest.settings import IngestSettings
from detector.stream.secret import stream_secret
from features.text.purposes import PurposeWeights
from streaming.kafka.output import KafkaOutput
from streaming.queue.settings import QueueSettings
from streaming.queue.writer import QueueWriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from detector.hook.ingest.assembly import Ingest
    from detector.hook.ingest.durable import Durable
    from detector.hook.ingest.links import LinkStore
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log
    from detector.telemetry.metrics.instruments import Instruments
    from streaming.kafka_settings import KafkaSettings


@dataclass(frozen=True, slots=True)
class Destination:
    """Where events become durable: a queue, or the one topic that `kafka` names."""

    queue: Path | None = None
    kafka: KafkaSettings | None = None
    sizes: QueueSettings = field(default_factory=QueueSettings)


@contextmanager
def opened_ingest(
    where: Destination,
    store: str,
    model: Path,
    environ: Mapping[str, str],
    clock: Clock,
    instruments: Instruments,
    log: Log,
    settings: IngestSettings | None = None,
    *,
    sketch: bool = False,
    links: LinkStore | None = None,
) -> Iterator[Ingest]:
    """An ingest, closed at the end of the block. `store` says where the secret is, if not `environ`.

    Raises `SinkError`, `StoreError` and `WeightsError`.
    """
    weights = PurposeWeights.load(model / "text")
    intake = Intake.of(weights, stream_secret(environ, store))
    with ExitStack() as stack:
        durable = _durable(where, environ, clock, stack)
        stack.callback(durable.close)
        chosen = settings or IngestSettings()
        ingest = make_ingest(durable, intake, chosen, clock, instruments, log, sketch=sketch, store=links)
        stack.callback(ingest.receiver.close)
        yield ingest


def _durable(where: Destination, environ: Mapping[str, str], clock: Clock, stack: ExitStack) -> Durable:
    if where.kafka is None:
        if where.queue is None:
            raise ValueError("neither a queue nor a topic is named")
        return QueueWriter(where.queue, where.sizes, now=clock.now)
    (topic,) = where.kafka.topics
    output = stack.enter_context(KafkaOutput(where.kafka, environ))
    sink = output.topic(topic)
    return DurableSink(sink, sink.record_bytes)
