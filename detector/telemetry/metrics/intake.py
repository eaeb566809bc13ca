"""Metrics of a worker: where it stands in the source, and what became of the records."""

from __future__ import annotations

from typing import Final

from detector.telemetry.metrics.metric import OTHER, Label, Metric
from detector.telemetry.presence import FIELDS
from features.adapters import REASONS

ORIGIN: Final = Label("origin")
"""topic/partition"""

LAG: Final = Metric(
    "stillwatch_source_lag_records",
    "gauge",
    "records",
    "Records of the partition that are stored at the broker and not yet read.",
    "It takes more than ten minutes to read them at the present rate.",
    (ORIGIN,),
)
POSITION: Final = Metric(
    "stillwatch_source_position",
    "gauge",
    "offset",
    "The next record to read.",
    "It stands still while there is a lag.",
    (ORIGIN,),
)
WATERMARK: Final = Metric(
    "stillwatch_watermark_timestamp_seconds",
    "gauge",
    "seconds since 1970",
    "The partition's watermark: no request that started before it is expected any more. "
    "The present less this is its delay.",
    "The delay grows, and the partition is not idle: its ticks do not close, and nobody else's either.",
    (ORIGIN,),
)
IDLE: Final = Metric(
    "stillwatch_partition_idle",
    "gauge",
    "0 or 1",
    "1: the partition has been silent, and ticks close without it.",
    "",
    (ORIGIN,),
)
PAUSED: Final = Metric(
    "stillwatch_partition_paused",
    "gauge",
    "0 or 1",
    "1: reading waits because what was read is not yet committed (back-pressure).",
    "For minutes: the store or this machine is too slow for the traffic.",
    (ORIGIN,),
)
ASSIGNED: Final = Metric(
    "stillwatch_partitions_assigned",
    "gauge",
    "partitions",
    "Partitions that this worker reads.",
    "The sum over all workers is not the number of partitions.",
)
POLLED: Final = Metric(
    "stillwatch_last_poll_timestamp_seconds",
    "gauge",
    "seconds since 1970",
    "When the source was last asked for records.",
    "More than a minute ago: the client is stuck, and the broker will give its partitions away.",
)
QUEUED: Final = Metric(
    "stillwatch_queue_records",
    "gauge",
    "records",
    "Records read and waiting to be decoded.",
    "",
)
REBALANCES: Final = Metric(
    "stillwatch_rebalances_total",
    "counter",
    "rebalances",
    "Times that partitions came or went.",
    "More than ten in half an hour: workers come and go, or are too slow to answer.",
)
CAUSE: Final = Label("cause", ("partition", "poll"))
RESTARTS: Final = Metric(
    "stillwatch_source_restarts_total",
    "counter",
    "restarts",
    "Times that the watchdog closed a stuck client and built a new one: "
    "a partition did not move, or a poll did not return.",
    "It rises again and again.",
    (CAUSE,),
)
READ: Final = Metric(
    "stillwatch_records_read_total",
    "counter",
    "records",
    "Records read. Always the sum of `stillwatch_records_total` over its outcomes.",
    "Its rate falls to zero while requests are served.",
    (ORIGIN,),
)
OUTCOMES: Final = ("accepted", "duplicate", "late", "dead_lettered")
RECORDS: Final = Metric(
    "stillwatch_records_total",
    "counter",
    "records",
    "What became of the records read. Lifecycle records are among the accepted.",
    "Late or dead-lettered ones are more than one in a hundred.",
    (ORIGIN, Label("outcome", OUTCOMES)),
)
LIFECYCLE: Final = Metric(
    "stillwatch_lifecycle_records_total",
    "counter",
    "records",
    "Bans, unbans and model releases, which are among the accepted.",
    "",
)
DEAD_LETTERS: Final = Metric(
    "stillwatch_dead_letters_total",
    "counter",
    "records",
    "Records that could not be used, by reason (`stillwatch dead-letters` shows them). All reasons but "
    "`other` are errors of decoding; `other` is any later step.",
    "More than one record in a hundred.",
    (Label("reason", (*REASONS, OTHER)),),
)
DEAD_LETTER_LIMIT: Final = Metric(
    "stillwatch_dead_letter_limit_ratio",
    "gauge",
    "share",
    "The share of dead letters at which the worker stops, so that a wrong setting does not discard a stream.",
    "Dead letters reach half of it.",
)
EVENT_FIELDS: Final = Metric(
    "stillwatch_event_fields_total",
    "counter",
    "events",
    "Events by whether a field was logged. `account` is not logged where a required field is missing "
    "(account, id or time): such a record is a dead letter.",
    "A field's share halves against the day before: a gateway stopped logging it, and what it shows is lost.",
    (Label("field", tuple(FIELDS)), Label("logged", ("yes", "no"))),
)
FRAMES: Final = Metric(
    "stillwatch_frames_total",
    "counter",
    "frames",
    "Frames committed: the accepted events of one partition and tick.",
    "",
)
FRAME_BYTES: Final = Metric(
    "stillwatch_frame_bytes_total",
    "counter",
    "bytes",
    "Size of the frames committed.",
    "",
)

INTAKE: Final = (
    LAG, POSITION, WATERMARK, IDLE, PAUSED, ASSIGNED, POLLED, QUEUED, REBALANCES, RESTARTS, READ, RECORDS,
    LIFECYCLE, DEAD_LETTERS, DEAD_LETTER_LIMIT, EVENT_FIELDS, FRAMES, FRAME_BYTES,
)  # fmt: skip
