"""Groups of accounts by what they show: the steps of `detector.campaigns.linking` as joins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812 - as everybody writes it

from detector.campaigns.measures import is_common, is_main, is_specific, share_of
from detector.spark.components import components
from detector.spark.link_shards import GROUPED, HELD, NODES, cores, nodes_alone, nodes_together

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from detector.campaigns.rules import LinkRules


@dataclass(frozen=True, slots=True)
class Grouped:
    """Groups among the accounts that were given."""

    groups: DataFrame
    """columns `account` and `group`, the smallest account of each; of groups of two or more"""
    rounds: int
    """of looking for components, twice"""


def grouped(words: DataFrame, tools: DataFrame, rules: LinkRules) -> Grouped:
    """Group accounts by suspicious `words`, then by the `tools` that they are run with; pairs that may link.

    To the same groups as `detector.campaigns.linking.link` where it has the same pairs.
    """
    chosen = carriers(words, rules)
    whole = components(_star(chosen, "account", "key"))
    roots = whole.roots.select(F.col("node").alias("account"), "root")
    alone = chosen.select("account").distinct().join(roots, "account", "left_anti")
    roots = roots.unionAll(alone.select("account", F.col("account").alias("root"))).localCheckpoint()
    cores = _cores(chosen.unionByName(tools).join(roots, "account"), rules).localCheckpoint()
    lone = tools.select("account").distinct().join(cores, "account", "left_anti")
    labels = cores.unionAll(lone.select("account", F.col("account").alias("group"))).localCheckpoint()
    united = components(_star(_nodes(_held(labels, tools, rules), rules), "group", "left", "right"))
    last = united.roots.select(F.col("node").alias("group"), "root")
    joined = labels.join(last, "group", "left").select("account", F.coalesce("root", "group").alias("group"))
    number = F.count("*").over(Window.partitionBy("group"))
    found = joined.withColumn("number", number).where("number > 1").drop("number")
    return Grouped(found.localCheckpoint(), whole.rounds + united.rounds)


def carriers(words: DataFrame, rules: LinkRules) -> DataFrame:
    """As `detector.campaigns.carriers.carriers`: the pairs that are what an account is for."""
    best = words.withColumn("best", _over(F.max("weight"), "account"))
    some = best.where(is_main(F.col("weight"), F.col("best"), rules))
    some = some.withColumn("covered", _over(F.count("*"), "key"))
    own = some.withColumn("own", share_of(F.col("covered"), F.col("members"), rules.doubt))
    best = own.withColumn("best", _over(F.max("own"), "account"))
    kept = best.where(is_specific(F.col("own"), F.col("best"), rules))
    return kept.drop("best", "covered", "own").localCheckpoint()


def _cores(pairs: DataFrame, rules: LinkRules) -> DataFrame:
    shards = _sharded(pairs, "root").groupBy("shard")
    return shards.applyInArrow(lambda some: cores(some, rules), GROUPED)


def _held(labels: DataFrame, tools: DataFrame, rules: LinkRules) -> DataFrame:
    """As `detector.campaigns.infrastructure.held`: what speaks for groups, as HELD says."""
    sized = labels.withColumn("size", _over(F.count("*"), "group"))
    shown = tools.withColumn("covered", _over(F.count("*"), "key"))
    shown = shown.withColumn("own", share_of(F.col("covered"), F.col("members")))
    pairs = shown.join(sized, "account").groupBy("group", "key", "kind", "covered", "own", "size")
    common = pairs.agg(F.count("*").alias("number"))
    common = common.where(is_common(F.col("number"), F.col("size"), rules))
    return common.select(*(name.split()[0] for name in HELD.split(", "))).localCheckpoint()


def _nodes(held: DataFrame, rules: LinkRules) -> DataFrame:
    """What groups meet in, as NODES says."""
    by_object, by_group = (_sharded(held, whole).groupBy("shard") for whole in ("key", "group"))
    alone = by_object.applyInArrow(lambda pairs: nodes_alone(pairs, rules), NODES)
    return alone.unionAll(by_group.applyInArrow(lambda pairs: nodes_together(pairs, rules), NODES))


def _star(pairs: DataFrame, who: str, *what: str) -> DataFrame:
    """Edges from each of those who meet in something to the smallest of them: a star for all pairs."""
    centre = _over(F.min(who), *what)
    return pairs.select(F.col(who).alias("left"), centre.alias("right")).where("left != right")


def _sharded(pairs: DataFrame, whole: str) -> DataFrame:
    """With the number of a shard, as many as there are partitions; those of one `whole` are together."""
    number = int(str(pairs.sparkSession.conf.get("spark.sql.shuffle.partitions")))
    return pairs.withColumn("shard", F.pmod(F.xxhash64(whole), F.lit(number)))


def _over(value: Column, *by: str) -> Any:
    return value.over(Window.partitionBy(*by))
