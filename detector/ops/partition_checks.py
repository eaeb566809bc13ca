"""Compares the partitions that there are with those that the store knows, and with who reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.ops.amounts import duration
from detector.ops.checking import failure, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from detector.ops.checking import Check
    from detector.ops.sampling import Sample
    from detector.store.intake import PartitionStatus

_LATE: Final = 600.0
"""seconds' worth of records that a partition may be behind; as in the rule `StillwatchLag`"""


def partition_checks(
    ends: Mapping[str, int],
    known: Sequence[PartitionStatus] | None,
    sample: Sample,
    workers: int | None,
) -> Iterator[Check]:
    """`known` is what the store says, None if it says nothing; `workers` how many there are to be."""
    if not ends:
        remedy = "check --topic or --topic-pattern, and that the login may read them and join groups"
        yield failure("topics", "no partition can be read", remedy)
        return
    topics = sorted({origin.rpartition("/")[0] for origin in ends})
    yield ok("topics", f"{', '.join(topics)}: {len(ends)} partitions")
    yield _workers(len(ends), known or (), workers)
    if known is not None:
        yield from _gone(ends, known)
        yield lag_check(ends, known, sample)


def lag_check(ends: Mapping[str, int], known: Sequence[PartitionStatus], sample: Sample) -> Check:
    """How far the stored positions are from the ends, in records and where possible in time."""
    behind = lags(ends, known)
    total = sum(behind.values())
    seconds = {
        origin: lag / rate for origin, lag in behind.items() if (rate := sample.rate(origin)) is not None
    }
    if not any(seconds.values()):
        return ok("lag", f"{total:,} records")
    worst = max(seconds, key=lambda origin: seconds[origin])
    said = (
        f"{total:,} records; {worst} has {behind[worst]:,}, about {duration(seconds[worst] * 1000)} of events"
    )
    if seconds[worst] > _LATE:
        return warning("lag", said, "see whether it falls; if not, add workers or see what holds them up")
    return ok("lag", said)


def lags(ends: Mapping[str, int], known: Sequence[PartitionStatus]) -> dict[str, int]:
    """Records of each partition that are not stored yet; all of one that nobody has read."""
    positions = {one.origin: one.position or 0 for one in known}
    return {origin: max(0, end - positions.get(origin, 0)) for origin, end in ends.items()}


def _workers(partitions: int, known: Sequence[PartitionStatus], workers: int | None) -> Check:
    owners = {one.owner for one in known if one.owner is not None}
    count = len(owners) if workers is None else workers
    said = f"{partitions} partitions for {count} worker{'s' * (count != 1)}"
    if count > partitions:
        remedy = f"give the topic {count} partitions or more; accounts move between them, so do it at rest"
        return warning("workers", f"{said}: some have nothing to read", remedy)
    return ok("workers", said)


def _gone(ends: Mapping[str, int], known: Sequence[PartitionStatus]) -> Iterator[Check]:
    """Partitions that keep ticks from closing for ever."""
    gone = [one.origin for one in known if one.origin not in ends and not one.idle]
    if gone:
        said = f"{', '.join(gone)} cannot be read any more, and keep ticks from closing"
        yield warning("partitions", said, f"if they are gone: stillwatch store retire {' '.join(gone)}")
    unread = [one.origin for one in known if one.origin in ends and one.owner is None]
    if unread:
        said = f"nobody has claimed {', '.join(unread)}, and no tick closes before that"
        yield warning("partitions", said, "start a worker, or see why those that run do not get them")
