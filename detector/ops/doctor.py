"""Examines an installation, from what needs nothing to what needs all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from detector.ops.broker_checks import broker_checks
from detector.ops.checking import Outcome, failure
from detector.ops.lookout import looking, lookout
from detector.ops.partition_checks import partition_checks
from detector.ops.queue_checks import queue_check, queue_look
from detector.ops.sample_checks import sample_checks
from detector.ops.sampling import Sample, sampled
from detector.ops.setup_checks import disk_check, secret_check, secret_of, set_up
from detector.ops.store_checks import opened, store_checks
from features.adapters import make_adapter
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from detector.compose import Setup
    from detector.ops.checking import Check
    from detector.store.interface import Store
    from detector.stream.assembly import StreamSettings
    from detector.stream.clock import Clock
    from streaming.kafka_settings import KafkaSettings
    from streaming.source import Block


@dataclass(frozen=True, slots=True)
class Examination:
    """What to examine: an installation as `run` would run it."""

    stream: StreamSettings
    model: Path
    calibration: Path | None
    tick: int
    """ms"""
    workers: int | None
    """how many there are to be; None: as many as the store knows"""
    sample: int
    """records of each partition to look at"""
    token: str
    """of this look alone, see `detector.ops.lookout`"""


@dataclass(slots=True)
class _Seen:
    ends: dict[str, int] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)


def examine(what: Examination, environ: Mapping[str, str], clock: Clock) -> Iterator[Check]:
    """Each check as soon as it is made; nothing is raised for what an operator can mend."""
    stream = what.stream
    setup, told = set_up(what.model, what.calibration, stream.log_format, secret_of(environ, stream.store))
    yield told
    disk = disk_check(stream.store)
    if disk is not None:
        yield disk
    with opened(stream.store) as (store, troubles):
        yield from troubles
        used = store is not None and bool(store.partitions())
        yield secret_check(environ, stream.store, used=used)
        if store is not None:
            yield from store_checks(store, what.tick, clock.now())
        yield from _stream_checks(what, setup, store, environ, clock)


def _stream_checks(
    what: Examination, setup: Setup | None, store: Store | None, environ: Mapping[str, str], clock: Clock
) -> Iterator[Check]:
    settings = None if what.stream.kafka is None else looking(what.stream.kafka, what.token)
    if not (yield from _reached(what, settings, environ)):
        return
    try:
        seen = _look(what, settings, environ, clock)
    except SourceError as error:
        yield failure("topics" if what.stream.queue is None else "queue", error)
        return
    sample = Sample() if setup is None else _sampled(what, setup, seen.blocks, clock)
    yield from partition_checks(
        seen.ends, None if store is None else store.partitions(), sample, what.workers
    )
    if seen.ends and setup is not None:
        yield from sample_checks(sample, what.stream.dead_letter_share, clock.now())


def _reached(
    what: Examination, settings: KafkaSettings | None, environ: Mapping[str, str]
) -> Generator[Check, None, bool]:
    """Whether there is anything that events could be read from."""
    queue = what.stream.queue
    if settings is not None:
        brokers = broker_checks(settings, what.stream.topics, environ)
        first = next(brokers)
        yield first
        if first.outcome is Outcome.FAILURE:
            return False
        yield from brokers
    if queue is not None:
        found = queue_check(queue)
        yield found
        return found.outcome is not Outcome.FAILURE
    return settings is not None


def _sampled(what: Examination, setup: Setup, blocks: list[Block], clock: Clock) -> Sample:
    reading = setup.replay.reading
    adapter = make_adapter(
        what.stream.log_format, reading.key, account_from=reading.account_from, edge=reading.edge
    )
    latest = datetime.fromtimestamp((clock.now() + what.stream.ahead) / 1000, UTC)
    return sampled(blocks, adapter, latest)


def _look(
    what: Examination, settings: KafkaSettings | None, environ: Mapping[str, str], clock: Clock
) -> _Seen:
    if what.stream.queue is not None:
        return _Seen(*queue_look(what.stream.queue, what.sample))
    if settings is None:
        return _Seen()
    with lookout(settings, environ, clock) as look:
        ends = look.ends()
        return _Seen(ends, look.sample(ends, what.sample))
