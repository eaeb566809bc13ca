"""Tables of who shows what: from frames of sketched events to the pairs that linking looks at.

A table of populations (`features.population.table`) says the same of a log no longer than it remembers.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from pyspark.sql import Observation, Window
from pyspark.sql import functions as F  # noqa: N812 - as everybody writes it

from detector.campaigns.measures import is_mostly, is_shown, weight_of
from detector.ledger import REMEMBER
from detector.spark.link_shown import (
    COUNTED,
    DOUBLE,
    IDS,
    MET,
    SHOWN,
    Counting,
    Ids,
    Met,
    Period,
    Showing,
)
from features.account.fold import DAY
from features.population.layout import MEANS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from pyspark.sql import DataFrame, SparkSession

    from detector.campaigns.rules import LinkRules
    from features.hashing import HashKey

PAIRS: Final = "key long, kind int, account long, requests long, day int, members long, weight double"

_BATCH: Final = "spark.sql.execution.arrow.maxRecordsPerBatch"
_FRAMES: Final = "64"
"""Frames that are handed to Python at once: each may hold thousands of events."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a period shows of the accounts that may be linked."""

    accounts: int
    """how many there are in the log, linked or not"""
    pairs: DataFrame
    """as PAIRS says: accounts that may be linked, with the objects that can link, once or more"""


def period_of(frames: DataFrame, version: str, tick: int, until: int | None) -> tuple[Period, int]:
    """What counts of `frames`, and the end of its last tick (ms); `until` (ms) leaves later events out.

    An id that is there more than once counts where it is first by step, file and block.
    """
    with _few_frames(frames.sparkSession):
        ids = frames.mapInArrow(Ids(version), IDS)
        ids = ids if until is None else ids.where(F.col("available") <= until)
        watched = Observation()
        ids = ids.observe(watched, F.max("available").alias("last"))
        place = F.min(F.struct("step", "file", "block", "at")).alias("place")
        found = ids.groupBy("event").agg(F.count("*").alias("times"), place)
        double = found.where("times > 1").select("event", "place.*").toArrow()
    last = watched.get["last"] or 0
    end = -(-last // tick) * tick
    return Period(version, end // DAY - REMEMBER, end if until is None else until, _doubles(double)), end


def seen_in(
    frames: DataFrame, period: Period, end: int, key: HashKey, linked: NDArray[np.uint64], rules: LinkRules
) -> Seen:
    """What the accounts `linked` (hashes, ascending) show of what can link, in a period up to `end`."""
    # A frame's day is that of its latest event so far, so that none of the period is in an earlier one.
    frames = frames.where(F.col("day") >= period.since)
    with _few_frames(frames.sparkSession):
        met = frames.mapInArrow(Met(period, key, linked), MET).distinct().localCheckpoint()
        keys = _words(met.where("account = 0").select("key"))
        shown = frames.mapInArrow(Showing(period, key, keys), SHOWN)
        pairs = _summed(shown).localCheckpoint()
    objects = _objects(pairs, rules)
    among = frames.sparkSession.createDataFrame(pa.table({"account": linked.view(np.int64)}))
    own = pairs.join(F.broadcast(among), "account", "left_semi").join(objects, "key")
    # Who showed an object before it was a population is taken to have shown it on the day when it became one.
    before = F.struct("first.available", "first.event") <= F.struct("second.available", "second.event")
    day = F.when(before, F.greatest("day", "third.day")).otherwise(F.col("day"))
    own = own.withColumn("day", day).select("key", "kind", "account", "requests", "day", "members")
    weighed = own.mapInArrow(_Weighing(end // DAY, rules), PAIRS)
    return Seen(met.where("key = 0").count(), weighed.localCheckpoint())


def words_of(pairs: DataFrame, flagged: NDArray[np.uint64] | None) -> DataFrame:
    """Pairs with suspicious words: those `flagged` (keys); None: words that mostly linked accounts show."""
    words = pairs.where(F.col("kind") < MEANS.start)
    if flagged is not None:
        keys = pairs.sparkSession.createDataFrame(pa.table({"key": flagged.view(np.int64)}))
        return words.join(F.broadcast(keys), "key", "left_semi")
    counted = words.withColumn("covered", F.count("*").over(Window.partitionBy("key")))
    return counted.where(is_mostly(F.col("covered"), F.col("members"))).drop("covered")


def means_of(pairs: DataFrame) -> DataFrame:
    """Pairs with what accounts are run with."""
    return pairs.where(F.col("kind") >= MEANS.start)


def linking(pairs: DataFrame, end: int, rules: LinkRules) -> DataFrame:
    """Pairs that may link, as of `end` (ms); without `least_requests` for evidence."""
    return pairs.where(is_shown(F.col("requests"), F.col("day"), end // DAY, rules))


def once(rules: LinkRules) -> LinkRules:
    """The same rules, with a single request enough to show an object."""
    return replace(rules, least_requests=1)


def _summed(shown: DataFrame) -> DataFrame:
    """One row for each pair. Pairs go by account, too, so that many tasks share a hot object."""
    return shown.groupBy("key", "kind", "account").agg(
        F.sum("requests").alias("requests"), F.max("day").alias("day"), F.min("first").alias("first")
    )


def _objects(pairs: DataFrame, rules: LinkRules) -> DataFrame:
    """Objects that can link: how many accounts show each, and which of them came second and third.

    Counted where pairs are, then by object, so that no task gathers the accounts of a hot object.
    """
    counted = pairs.select("key", "kind", "first").mapInArrow(Counting(), COUNTED)
    firsts = F.array_sort(F.collect_list("first"))
    objects = counted.groupBy("key", "kind").agg(F.sum("accounts").alias("members"), firsts.alias("firsts"))
    popular = (F.col("kind") >= MEANS.start) & (F.col("members") > rules.most_members)
    kept = objects.where((F.col("members") >= rules.least_members) & ~popular)
    second, third = (F.col("firsts")[at] for at in (1, 2))
    return kept.select("key", "members", second.alias("second"), third.alias("third"))


@dataclass(frozen=True, slots=True)
class _Weighing:
    day: int
    rules: LinkRules

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Add what each pair weighs."""
        for batch in batches:
            count, shown = batch["requests"].to_numpy(), batch["day"].to_numpy()
            yield batch.append_column("weight", pa.array(weight_of(count, shown, self.day, self.rules)))


def _doubles(found: pa.Table) -> NDArray[np.void]:
    out = np.zeros(len(found), dtype=DOUBLE)
    for name in DOUBLE.names or ():
        values = found[name].to_numpy()
        out[name] = values.view(np.uint64) if name == "event" else values
    return out[np.argsort(out["event"])]


def _words(column: DataFrame) -> NDArray[np.uint64]:
    """A column of longs as words, ascending."""
    values = column.toArrow().column(0).to_numpy()
    return np.sort(np.ascontiguousarray(values).view(np.uint64))


@contextmanager
def _few_frames(session: SparkSession) -> Iterator[None]:
    before = session.conf.get(_BATCH)
    session.conf.set(_BATCH, _FRAMES)
    try:
        yield
    finally:
        session.conf.set(_BATCH, str(before))
