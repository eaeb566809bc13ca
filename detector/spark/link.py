"""Linking of alerted accounts over a log of any size: who shows what, by joins, and groups, by components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F  # noqa: N812 - as everybody writes it

from detector.campaigns.rules import RULES
from detector.frames import frame_version
from detector.spark.link_groups import grouped
from detector.spark.link_pairs import linking, means_of, once, period_of, seen_in, words_of
from detector.spark.link_shards import EVIDENCE, evidence

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    from detector.campaigns.rules import LinkRules
    from detector.compose import Intake
    from features.hashing import HashKey


@dataclass(frozen=True, slots=True)
class Linking:
    """How a log is linked."""

    key: HashKey
    """that accounts are hashed with"""
    version: str
    """of the frames"""
    tick: int
    """ms"""
    until: int | None = None
    """ms; later events are left out"""
    rules: LinkRules = RULES

    @classmethod
    def of(cls, intake: Intake, tick: int, until: int | None = None) -> Linking:
        """As events were taken in."""
        reading = intake.reading
        return cls(reading.key, frame_version(reading.edge), tick, until)


@dataclass(frozen=True, slots=True)
class LinkedGroups:
    """Groups of two accounts or more at the end of a log, and what links them; small beside the log."""

    end: int
    """of the last tick, ms"""
    accounts: int
    """in the log, linked or not"""
    members: pa.Table
    """columns `account`, a hash as int64, and `group`, the smallest of its group"""
    shown: pa.Table
    """as `detector.spark.link_shards.EVIDENCE`: who shows what the group has in common"""
    rounds: int
    """in which components were found"""


def link(
    frames: DataFrame, linked: NDArray[np.uint64], flagged: NDArray[np.uint64] | None, how: Linking
) -> LinkedGroups:
    """Group the accounts `linked` (hashes, ascending) by what they showed in the last days of a log.

    `frames` are those of a stage (`detector.spark.stage`). `flagged` are keys of words held to be suspicious;
    None: words that are mostly `linked` accounts'. The groups are those of `detector.campaigns.linking.link`
    over a log that is no longer than `detector.ledger.REMEMBER` and in which no event is late.
    """
    period, end = period_of(frames, how.version, how.tick, how.until)
    seen = seen_in(frames, period, end, how.key, linked, how.rules)
    words = words_of(linking(seen.pairs, end, once(how.rules)), flagged).localCheckpoint()
    tools = means_of(seen.pairs)
    found = grouped(linking(words, end, how.rules), linking(tools, end, how.rules), how.rules)
    pairs = words.unionByName(tools).join(found.groups, "account")
    shown = _evidence(linking(pairs, end, once(how.rules)), seen.accounts, how.rules)
    return LinkedGroups(end, seen.accounts, found.groups.toArrow(), shown, found.rounds)


def _evidence(pairs: DataFrame, everybody: int, rules: LinkRules) -> pa.Table:
    shards = pairs.groupBy(F.xxhash64("group").alias("shard"))
    return shards.applyInArrow(lambda some: evidence(some, everybody, rules), EVIDENCE).toArrow()
