"""Judges a sample of the stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.ops.amounts import duration, share
from detector.ops.checking import failure, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.ops.checking import Check
    from detector.ops.sampling import Sample

_NOTABLE: Final = 0.01
"""share of dead letters from which something is wrong"""
_FAST: Final = 5 * 60_000
_OLD: Final = 60 * 60_000
_KEY: Final = "let what writes the topic key each record by the account, and read a new topic"


def sample_checks(sample: Sample, limit: float, now: int) -> Iterator[Check]:
    """`limit` is the share of dead letters at which a worker stops; `now` the wall clock, ms."""
    if sample.records == 0:
        yield warning(
            "sample",
            "the topics hold no record to look at",
            "send some, then run the doctor again",
        )
        return
    yield _readable(sample, limit)
    if sample.events:
        yield _fields(sample)
        yield _keys(sample)
    yield _clock(sample, now)


def _readable(sample: Sample, limit: float) -> Check:
    dead = sample.reasons.total()
    said = f"{sample.records:,} records, {share(dead, sample.records)} of them dead letters"
    if dead == 0:
        return ok("decoding", said)
    (reason, count), *_ = sample.reasons.most_common(1)
    said += f", most often {reason} ({count:,}): {sample.details[reason]}"
    remedy = "check --format and the topic, or mend what writes it"
    if dead > limit * sample.records:
        return failure("decoding", f"{said}. Workers stop at {limit:.0%}", remedy)
    return warning("decoding", said, remedy) if dead > _NOTABLE * sample.records else ok("decoding", said)


def _fields(sample: Sample) -> Check:
    counts = {name: one for name, one in sample.fields.items() if name != "account"}
    said = ", ".join(f"{name} {share(one.yes, one.yes + one.no)}" for name, one in counts.items())
    lacking = [name for name, one in counts.items() if one.yes == 0]
    if not lacking:
        return ok("fields", said)
    remedy = f"log {', '.join(lacking)} if the gateway knows them: what they show is not seen"
    return warning("fields", said, remedy)


def _keys(sample: Sample) -> Check:
    scattered = sample.scattered
    if not scattered:
        return ok("keys", f"each of {len(sample.homes):,} accounts is in one partition")
    account, homes = scattered[0]
    said = (
        f"{len(scattered):,} of {len(sample.homes):,} accounts are in several partitions, such as "
        f"{account} in {', '.join(sorted(homes)[:4])}; repeated records would count twice"
    )
    return failure("keys", said, _KEY)


def _clock(sample: Sample, now: int) -> Check:
    future, newest = sample.reasons["from_future"], sample.newest
    mend = "set the clock of this machine and of the gateways by NTP; check the unit of `time`"
    if future:
        return failure("clock", f"{future:,} records start a day or more after the present", mend)
    if newest is None:
        return warning("clock", "no event to compare it with")
    if newest - now > _FAST:
        return failure("clock", f"the newest event is {duration(newest - now)} ahead of this machine", mend)
    said = f"the newest of the latest events looked at started {duration(now - newest)} ago"
    if now - newest > _OLD:
        remedy = "see whether events still come, and how late they are delivered"
        return warning("clock", said, remedy)
    return ok("clock", said)
