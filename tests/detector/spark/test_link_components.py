from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detector.spark.components import components
from detector.spark.errors import SparkError
from tests.detector.spark.spark_plain import interpreted

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import SparkSession

PATH = 256
NODES = 2048


def graphs(rng: np.random.Generator) -> NDArray[np.int64]:
    """A long path, a star, a clique, a tree of stars and many small random graphs, under names at random."""
    parts = [
        np.stack([np.arange(PATH - 1), np.arange(1, PATH)], axis=1),
        np.stack([np.zeros(99, dtype=np.int64), np.arange(1, 100)], axis=1),
        np.argwhere(np.ones((12, 12)) > 0),
        np.stack([np.arange(1, 200) // 3, np.arange(1, 200)], axis=1),
        *(rng.integers(0, nodes, (nodes, 2)) for nodes in rng.integers(2, 30, 40)),
    ]
    starts = np.cumsum([0, *(part.max() + 1 for part in parts[:-1])])
    edges = np.concatenate([part + start for part, start in zip(parts, starts, strict=True)])
    names = rng.permutation(NODES) - NODES // 2
    found: NDArray[np.int64] = names[rng.permutation(edges)]
    return found


def expected(edges: NDArray[np.int64]) -> dict[int, int]:
    """The smallest node of each component, by node; of nodes with an edge to another."""
    edges = edges[edges[:, 0] != edges[:, 1]]
    nodes, place = np.unique(edges, return_inverse=True)
    left, right = place.reshape(-1, 2).T
    pairs = coo_array((np.ones(len(left)), (left, right)), shape=(len(nodes), len(nodes)))
    labels = connected_components(pairs, directed=False)[1]
    smallest = {label: int(nodes[labels == label].min()) for label in np.unique(labels)}
    return {int(node): smallest[label] for node, label in zip(nodes, labels, strict=True)}


def test_components_are_those_of_a_search_in_few_rounds(spark: SparkSession) -> None:
    """Long paths, stars, cliques and random graphs at once; a path takes rounds by its logarithm."""
    edges = graphs(np.random.default_rng(5))
    with interpreted(spark):
        found = components(spark.createDataFrame(edges.tolist(), "left long, right long"))
        rows = found.roots.collect()
    assert {row["node"]: row["root"] for row in rows} == expected(edges)
    assert len(rows) == len(expected(edges))
    assert found.rounds <= math.log2(PATH) + 2


def test_a_bound_on_rounds_is_told(spark: SparkSession) -> None:
    """A path of five nodes is not done at once."""
    edges = spark.createDataFrame([(at, at + 1) for at in range(4)], "left long, right long")
    with interpreted(spark), pytest.raises(SparkError, match="not done after 1 rounds"):
        components(edges, most_rounds=1)
