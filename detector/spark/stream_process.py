"""A driver's process: the query on the caller's thread, and beside it a leader if it is to have one."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.spark.stream_committing import CommitSettings, Committer
from detector.spark.stream_query import run_query
from detector.spark.stream_shard import Recipe
from detector.spark.stream_weights import SentWeights
from detector.stream.assembly import assembled, owner_at, stream_version
from detector.stream.beside import in_a_thread
from detector.stream.opening import awaited_store
from detector.stream.patience import PATIENCE_SECONDS, Patience
from streaming.dead_letter_limit import DeadLetterLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyspark.sql import SparkSession

    from detector.compose import Setup
    from detector.spark.stream_settings import QuerySettings
    from detector.store.interface import Store
    from detector.stream.assembly import StreamSettings
    from detector.stream.clock import Clock
    from detector.stream.service import Stop
    from detector.telemetry.logs import Log
    from detector.telemetry.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class SparkStream:
    """What a stream on Spark is made of."""

    query: QuerySettings
    settings: StreamSettings
    """of the leader, and of what it shares with the query"""
    setup: Setup
    environ: Mapping[str, str]
    clock: Clock
    telemetry: Telemetry
    log: Log

    def run(self, spark: SparkSession, stop: Stop, *, lead: bool) -> None:
        """Until asked to stop, or until one of the parts fails: raises what it failed of.

        `StoreError`, `SourceError`, `SinkError`, and `SparkError` for what fails inside Spark.
        """
        patience = Patience(self.clock, PATIENCE_SECONDS, self.telemetry.intake.failed, self.log)
        with closing(awaited_store(self.settings.store, patience, stop)) as store, self._led(stop, lead=lead):
            try:
                run_query(
                    spark, self.query, self.recipe(spark), self._committer(store), self.environ, self.clock,
                    stop, lambda: self.log.info("reading"),
                )  # fmt: skip
            finally:
                stop.ask()

    def recipe(self, spark: SparkSession) -> Recipe:
        """What executors need."""
        settings, replay = self.settings, self.setup.replay
        # As of workers and the leader: they share frames.
        version = stream_version(replay)
        weights = SentWeights.send(spark, self.query.weights, replay.kernel.key)
        return Recipe(
            settings.log_format, replay.reading, weights, replay.admission, version,
            settings.ahead, settings.keep_payload,
        )  # fmt: skip

    def _committer(self, store: Store) -> Committer:
        settings, telemetry = self.settings, self.telemetry.intake
        telemetry.dead_letter_limit(settings.dead_letter_share)
        owner = owner_at(self.clock.now())
        committing = CommitSettings(self.setup.replay.admission, settings.idle_seconds)
        limit = DeadLetterLimit(settings.dead_letter_share)
        return Committer(store, owner, self.clock, committing, limit, telemetry, self.log)

    @contextmanager
    def _led(self, stop: Stop, *, lead: bool) -> Iterator[None]:
        """Lead until the end of the block, by which somebody has asked to stop."""
        if not lead:
            yield
            return
        parts = assembled(self.settings, self.setup, self.environ, self.clock, self.telemetry, self.log, stop)
        with parts as opened, in_a_thread(lambda: opened.service.run(lambda: None), self.log):
            yield
