"""What a worker tells of itself: per poll, per block and per commit, never per event."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from detector.telemetry.metrics import intake, store
from detector.telemetry.presence import fields_logged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from detector.store.intake import Claim, IntakeCounts, PartitionCommit
    from detector.telemetry.metrics.instruments import Instruments
    from detector.telemetry.spans import Spans
    from features.batch import Decoded
    from streaming.partitions import Progress


class IntakeTelemetry:
    """Metrics of one worker. An origin is `topic/partition`; times of day are ms, durations seconds."""

    def __init__(self, instruments: Instruments, spans: Spans) -> None:
        self.span = spans.span
        self._instruments = instruments
        self._told: dict[str, IntakeCounts] = {}
        self._fields: Counter[tuple[str, str]] = Counter()

    def assigned(self, claims: Iterable[Claim]) -> None:
        """Partitions came: their records are counted from what others had read."""
        for claim in claims:
            self._told[claim.origin] = claim.counts
            self._instruments.add(intake.READ, 0, claim.origin)
            self._instruments.set(intake.IDLE, claim.idle, claim.origin)
            for outcome in intake.OUTCOMES:
                self._instruments.add(intake.RECORDS, 0, claim.origin, outcome)
        self._rebalanced()

    def revoked(self, origins: Iterable[str]) -> None:
        """Partitions went: where they stand is for their new owner to tell."""
        for origin in origins:
            self._told.pop(origin, None)
            for metric in (intake.LAG, intake.POSITION, intake.WATERMARK, intake.IDLE, intake.PAUSED):
                self._instruments.drop(metric, origin)
        self._rebalanced()

    def polled(self, now: int) -> None:
        """The source was asked for records at `now`."""
        self._instruments.set(intake.POLLED, now / 1000)

    def progressed(self, progress: Mapping[str, Progress], paused: Collection[str], queued: int) -> None:
        """Where reading stands, which origins are held back, and how many records wait."""
        self._instruments.set(intake.QUEUED, queued)
        for origin, reached in progress.items():
            # A poll thread may report an origin that has just been given up.
            if origin not in self._told or reached.position is None or reached.lag is None:
                continue
            self._instruments.set(intake.POSITION, reached.position, origin)
            self._instruments.set(intake.LAG, reached.lag, origin)
            self._instruments.set(intake.PAUSED, origin in paused, origin)

    def restarted(self, cause: Literal["partition", "poll"]) -> None:
        """The watchdog replaced a stuck client."""
        self._instruments.add(intake.RESTARTS, 1, cause)

    def decoded(self, decoded: Decoded) -> None:
        """A block was decoded: which fields its events had. To be seen from the next commit on."""
        for field, logged in fields_logged(decoded).items():
            self._fields[field, "yes"] += logged.yes
            self._fields[field, "no"] += logged.no

    def committed(self, commits: Sequence[PartitionCommit], seconds: float) -> None:
        """A transaction of `seconds` made `commits` durable."""
        self._instruments.observe(store.COMMIT_TIME, seconds, "worker")
        for (field, logged), events in self._fields.items():
            self._instruments.add(intake.EVENT_FIELDS, events, field, logged)
        self._fields.clear()
        for commit in commits:
            if commit.origin in self._told:
                self._reached(commit)
            self._instruments.add(intake.FRAMES, len(commit.frames))
            self._instruments.add(intake.FRAME_BYTES, sum(len(frame.body) for frame in commit.frames))
            for reason, letters in Counter(letter.reason for letter in commit.letters).items():
                self._instruments.add(intake.DEAD_LETTERS, letters, reason)

    def fenced(self) -> None:
        """A commit was refused, because a partition had gone to somebody else."""
        self._instruments.add(store.FENCED, 1, "worker")

    def failed(self) -> None:
        """A commit failed and is tried again."""
        self._instruments.add(store.STORE_ERRORS, 1, "worker")

    def dead_letter_limit(self, share: float) -> None:
        """The share of dead letters at which the worker stops."""
        self._instruments.set(intake.DEAD_LETTER_LIMIT, share)

    def _rebalanced(self) -> None:
        self._instruments.add(intake.REBALANCES, 1)
        self._instruments.set(intake.ASSIGNED, len(self._told))

    def _reached(self, commit: PartitionCommit) -> None:
        self._counted(commit.origin, self._told[commit.origin], commit.counts)
        self._told[commit.origin] = commit.counts
        self._instruments.set(intake.IDLE, commit.idle, commit.origin)
        if commit.watermark is not None:
            self._instruments.set(intake.WATERMARK, commit.watermark / 1000, commit.origin)

    def _counted(self, origin: str, before: IntakeCounts, now: IntakeCounts) -> None:
        """Totals of a partition become steps of this process's counters."""
        self._instruments.add(intake.READ, now.read - before.read, origin)
        self._instruments.add(intake.LIFECYCLE, now.lifecycle - before.lifecycle)
        for outcome in intake.OUTCOMES:
            self._instruments.add(
                intake.RECORDS, getattr(now, outcome) - getattr(before, outcome), origin, outcome
            )
