"""Puts a process of the live stream together."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, get_args

from detector.dossier.sealing import SampleKey
from detector.drift.daily import DailyDrift
from detector.drift.reference import reference_of
from detector.engine import Model
from detector.frames import frame_version
from detector.lake.manifest import manifest_of
from detector.lake.writer import open_writer
from detector.registry.shadow import Shadow
from detector.registry.watching import Guarded
from detector.store.retention import Retention
from detector.stream.calibrated import tell_calibration
from detector.stream.leader import Leader, LeaderSettings
from detector.stream.observing import Belonging
from detector.stream.opening import awaited_store
from detector.stream.outbox import Outbox, holds
from detector.stream.partition import Decoding
from detector.stream.patience import PATIENCE_SECONDS, Patience
from detector.stream.routes import opened_routes
from detector.stream.sampling import Sampler
from detector.stream.scoring import Scoring
from detector.stream.secret import stream_secret
from detector.stream.service import Office, Service, Stop
from detector.stream.worker import Worker, WorkerSettings
from detector.telemetry.fields import Failure
from features.adapters import make_adapter
from streaming.dead_letter_limit import DeadLetterLimit
from streaming.open_partitions import open_partitions
from streaming.pump import Pump, PumpSettings
from streaming.queue.source import QueueSource
from streaming.sink import SinkUnavailable
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from detector.cold import ColdRows
    from detector.compose import Setup
    from detector.drift.reference import Reference
    from detector.engine import Engine
    from detector.lake.writer import LakeWriter
    from detector.ledger import Ledger
    from detector.registry.shadow import Challenger
    from detector.registry.watching import Watcher
    from detector.replay import Replay
    from detector.store.interface import Store
    from detector.stream.clock import Clock
    from detector.stream.observing import Observer
    from detector.stream.outbox import Route
    from detector.telemetry.logs import Log
    from detector.telemetry.telemetry import Telemetry
    from streaming.kafka_settings import KafkaSettings
    from streaming.partitions import PartitionedSource
    from streaming.watchdog import Stuck

Role = Literal["all", "worker", "leader"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Topics:
    """Where findings go; None: nowhere but to the store."""

    alerts: str | None = None
    verdicts: str | None = None
    """should be compacted: the last record of a key is the verdict on that account"""
    letters: str | None = None


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """What an operator chooses."""

    kafka: KafkaSettings | None
    """None where a queue is read and nothing is sent"""
    store: str
    """as for `detector.store.opening.open_store`"""
    queue: Path | None = None
    """an embedded queue to read instead of Kafka's topics"""
    group: str = "stillwatch"
    """who reads the queue"""
    topics: Topics = field(default_factory=Topics)
    role: Role = "all"
    log_format: str = "canonical"
    ahead: int = 86_400_000
    """ms; an event that starts this long after the present is from the future"""
    keep_payload: bool = False
    dead_letter_share: float = 0.5
    """of the last 10,000 records; more of them stop the process"""
    idle_seconds: float = 60.0
    checkpoint_seconds: float = 300.0
    takeover_seconds: float = 30.0
    """after so long others take over the partitions and the lead of a process that fell silent"""
    retention: Retention = field(default_factory=Retention)
    samples: int = 0
    """requests that are kept of each alerted account, for people to look at"""
    lake: str | None = None
    """where the leader writes what is learnt from, as for `detector.lake.files.open_files`; None: nowhere"""
    lake_events: bool = False
    """whether it writes every request there, too"""


@dataclass(frozen=True, slots=True)
class Parts:
    """An open service, and what people watch of it."""

    service: Service
    store: Store
    pump: Pump | None


@contextmanager
def assembled(
    settings: StreamSettings,
    setup: Setup,
    environ: Mapping[str, str],
    clock: Clock,
    telemetry: Telemetry,
    log: Log,
    stop: Stop,
    challenger: Challenger | None = None,
) -> Iterator[Parts]:
    """Open the store and the log, and close them at the end of the block; waits for a store that is away.

    Raises `StoreError`, `SourceError` and `SinkError`.
    """
    process = _Process(settings, setup, environ, clock, telemetry, log, stop, challenger)
    with ExitStack() as stack:
        store = process.store()
        stack.callback(store.close)
        worker, pump, office = None, None, None
        if settings.role != "leader":
            pump = stack.enter_context(_pump(settings, environ, telemetry))
            worker = process.worker(store, pump)
        if settings.role != "worker":
            process.patience().call(lambda: tell_calibration(store, setup.policy, clock.now()))
            office = process.office(store, stack.enter_context(process.routes()))
        yield Parts(Service(worker, office, stop, log), store, pump)


def stream_version(replay: Replay) -> str:
    """Names all that stored frames and states depend on beside the events."""
    return f"{frame_version(replay.reading.edge)}.{replay.admission.tick}"


def owner_at(now: int) -> str:
    """Names the life of this process that began at `now` (ms), for the store and for people."""
    return f"{socket.gethostname()}:{os.getpid()}:{now}"


@dataclass(frozen=True, slots=True)
class _Process:
    settings: StreamSettings
    setup: Setup
    environ: Mapping[str, str]
    clock: Clock
    telemetry: Telemetry
    log: Log
    stop: Stop
    challenger: Challenger | None

    @property
    def version(self) -> str:
        """Of what it stores."""
        return stream_version(self.setup.replay)

    def owner(self) -> str:
        """Names this life of this process."""
        return owner_at(self.clock.now())

    def store(self) -> Store:
        """The store, once it answers."""
        return awaited_store(self.settings.store, self.patience(), self.stop)

    def patience(self) -> Patience:
        """With the store, until reading and leading have their own."""
        told = self.telemetry.leader if self.settings.role == "leader" else self.telemetry.intake
        return Patience(self.clock, PATIENCE_SECONDS, told.failed, self.log, stop=self.stop)

    def routes(self) -> AbstractContextManager[list[Route]]:
        """Where findings go, once somebody answers there."""
        if self.settings.topics == Topics():
            return nullcontext([])
        patience = replace(self.patience(), unavailable=SinkUnavailable, event="outputs unavailable")
        kafka = _kafka(self.settings)
        return opened_routes(self.settings.topics, kafka, self.environ, patience, self.stop)

    def worker(self, store: Store, pump: Pump) -> Worker:
        """A worker that reads `pump`."""
        settings, replay = self.settings, self.setup.replay
        reading = replay.reading
        adapter = make_adapter(
            settings.log_format, reading.key, account_from=reading.account_from, edge=reading.edge
        )
        decoding = Decoding(
            adapter, replay.kernel, replay.admission, self.version, settings.ahead, settings.keep_payload
        )
        self.telemetry.intake.dead_letter_limit(settings.dead_letter_share)
        limit = DeadLetterLimit(settings.dead_letter_share)
        committing = WorkerSettings(idle_seconds=settings.idle_seconds)
        return Worker(
            store,
            pump,
            decoding,
            self.owner(),
            self.clock,
            committing,
            limit,
            self.telemetry.intake,
            self.log,
            self._observers(store, decoding),
            self.stop,
        )

    def _observers(self, store: Store, decoding: Decoding) -> list[Observer]:
        """Who looks at what the worker reads."""
        belonging, most = Belonging(store, decoding), self.settings.samples
        if most == 0:
            return [belonging]
        key = SampleKey.from_secret(stream_secret(self.environ, self.settings.store))
        return [belonging, Sampler(store, key, decoding, self.clock, secrets.token_bytes, most)]

    def _watching(self, reference: Reference, engine: Engine, ledger: Ledger) -> list[Watcher]:
        """Who looks on while the leader scores."""
        told = self.telemetry.watching
        drift = DailyDrift(reference, engine, ledger, self.setup.artefact.model_id, told)
        watchers: list[Watcher] = [Guarded("drift", drift, told, self.log)]
        if self.challenger is not None:
            shadow = Shadow(self.challenger, engine, ledger, told)
            watchers.append(Guarded("shadow", shadow, told, self.log))
        return watchers

    def _lake(self) -> LakeWriter | None:
        settings, replay = self.settings, self.setup.replay
        if settings.lake is None:
            return None
        mine = manifest_of(replay.reading.edge, replay.admission.tick)

        def failed(error: OSError) -> None:
            self.log.error("lake not written", failure=Failure(error))

        return open_writer(settings.lake, mine, secrets.token_hex(8), failed, events=settings.lake_events)

    def office(self, store: Store, routes: list[Route]) -> Office:
        """A leader that delivers by `routes`, once it leads."""
        settings, replay = self.settings, self.setup.replay
        key, model = replay.reading.key, Model.of(self.setup.artefact)
        watching, lake = partial(self._watching, reference_of(self.setup.artefact)), self._lake()

        def start(cold: ColdRows) -> Scoring:
            return Scoring(key, model, self.setup.policy, cold, watching, lake)

        leading = LeaderSettings(
            replay.admission.tick, self.version, settings.takeover_seconds, settings.checkpoint_seconds
        )
        leader = Leader(
            store, start, self.owner(), self.clock, leading, self.telemetry.leader, self.log, self.stop
        )
        outbox = Outbox(
            store,
            routes,
            lambda: holds(store, leader.lease, self.clock.now()),
            self.telemetry.delivery,
            self.log,
        )
        return Office(
            leader, outbox, store, settings.retention, self.clock, self.log, settings.takeover_seconds / 3
        )


@contextmanager
def _pump(settings: StreamSettings, environ: Mapping[str, str], telemetry: Telemetry) -> Iterator[Pump]:
    def report(stuck: Stuck) -> None:
        telemetry.intake.restarted("poll" if stuck.origin is None else "partition")

    with Pump(_source(settings, environ), _pumping(settings), report) as pump:
        yield pump


def _source(settings: StreamSettings, environ: Mapping[str, str]) -> Callable[[], PartitionedSource]:
    if settings.queue is not None:
        return partial(QueueSource, settings.queue, settings.group)
    kafka = replace(_kafka(settings), session_seconds=settings.takeover_seconds)
    return partial(open_partitions, kafka, environ)


def _kafka(settings: StreamSettings) -> KafkaSettings:
    if settings.kafka is None:
        raise SourceError("neither Kafka nor a queue is named; give --brokers, or --queue and no topics")
    return settings.kafka


def _pumping(settings: StreamSettings) -> PumpSettings:
    """The end of a partition must be known before it is held to be idle."""
    usual = PumpSettings()
    return replace(usual, check_seconds=min(usual.check_seconds, settings.idle_seconds / 2))
