"""Connected components of a graph that is larger than a machine, in a few rounds of shuffling.

Alternating large-star and small-star (Kiveris, Lattanzi, Mirrokni, Rastogi and Vassilvitskii, "Connected
Components in MapReduce and Beyond", SoCC 2014): a long chain halves with each round, where handing on the
smallest label from neighbour to neighbour would take as many rounds as the chain is long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812 - as everybody writes it

from detector.spark.errors import SparkError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOST_ROUNDS: Final = 64
"""A graph of all accounts in the world is done in fewer."""


@dataclass(frozen=True, slots=True)
class Components:
    """Which nodes are connected."""

    roots: DataFrame
    """bigint columns `node` and `root`, the smallest node of its component; of nodes with an edge"""
    rounds: int
    """pairs of steps until nothing changed"""


def components(edges: DataFrame, most_rounds: int = MOST_ROUNDS) -> Components:
    """Components of undirected `edges`, bigint columns `left` and `right`; one node twice is no edge.

    A node's edges meet in one task, where they are sorted on disk if need be: no task holds them in memory.
    Each round takes two shuffles of the edges, whose number never grows. Raises `SparkError` where
    `most_rounds` are not enough.
    """
    now = edges.select(F.greatest("left", "right").alias("node"), F.least("left", "right").alias("other"))
    now = now.where("node > other")
    for number in range(1, most_rounds + 1):
        after = small_star(large_star(now)).localCheckpoint()
        changed = after.agg(F.sum("changed").alias("changed")).collect()[0]["changed"]
        now = after.select("node", "other")
        if not changed:
            return Components(_with_roots(now), number)
    raise SparkError(f"components: not done after {most_rounds} rounds; allow more of them")


def large_star(edges: DataFrame) -> DataFrame:
    """Connect the larger neighbours of each node to the smallest that it knows, itself included.

    `edges` are columns `node` > `other`; returns these and `changed`, 1 where an edge was moved.
    """
    both = edges.select("node", "other").unionAll(edges.select(F.col("other"), F.col("node")))
    stars = both.repartition("node").distinct()
    nearest = F.least("node", F.min("other").over(Window.partitionBy("node")))
    stars = stars.select("node", "other", nearest.alias("nearest")).where("other > node")
    moved = (F.col("nearest") != F.col("node")).cast("long")
    return stars.select(F.col("other").alias("node"), F.col("nearest").alias("other"), moved.alias("changed"))


def small_star(edges: DataFrame) -> DataFrame:
    """Connect each node and its smaller neighbours to the smallest of these; takes and returns the same."""
    met = edges.repartition("node").groupBy("node", "other").agg(F.max("changed").alias("changed"))
    nearest = F.min("other").over(Window.partitionBy("node"))
    stars = met.select("node", "other", nearest.alias("nearest"), "changed")
    is_nearest = F.col("other") == F.col("nearest")
    return stars.select(
        F.when(is_nearest, F.col("node")).otherwise(F.col("other")).alias("node"),
        F.col("nearest").alias("other"),
        F.greatest("changed", (~is_nearest).cast("long")).alias("changed"),
    )


def _with_roots(stars: DataFrame) -> DataFrame:
    """Of disjoint stars: each node and its centre, centres with themselves."""
    leaves = stars.select("node", F.col("other").alias("root")).distinct()
    return leaves.unionAll(leaves.select(F.col("root").alias("node"), "root").distinct())
