"""Trees scored without a walk: every test of a tree strikes out the leaves that it rules out.

QuickScorer (Lucchese et al., SIGIR 2015), over rows side by side as in V-QuickScorer (SIGIR 2016): what is
left of a tree's leaves is one word a row, the exit leaf is its lowest bit, and no step waits for another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import int64, njit, uint64

from features.unaligned import lowest_bit

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_LEAVES: Final = 64
"""Leaves of a tree: bits of a word."""

_ABREAST: Final = 128
_ALL: Final = (1 << MOST_LEAVES) - 1
_ONES: Final = uint64(_ALL)


class Marks(NamedTuple):
    """The tests and leaves of a forest, tree by tree."""

    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    missing_left: NDArray[np.bool_]
    kept: NDArray[np.uint64]
    """leaves that are left when a test sends a row right"""
    tests: NDArray[np.int64]
    """first test of each tree, and the end; shape (trees + 1,)"""
    leaves: NDArray[np.int64]
    """first leaf of each tree, and the end"""
    values: NDArray[np.float64]
    """by leaf, from left to right"""
    labels: NDArray[np.int32]
    """the class whose score a tree adds to"""


class _Reading:
    """Reads trees one after the other, each in the order of its leaves."""

    def __init__(self, nodes: NDArray[np.void]) -> None:
        self._nodes = {name: nodes[name].tolist() for name in nodes.dtype.names or ()}
        self.tests: list[tuple[int, float, bool, int]] = []
        self.values: list[float] = []
        self._first = 0

    def tree(self, root: int) -> None:
        self._first = len(self.values)
        self._read(root, MOST_LEAVES)

    def _read(self, at: int, deep: int) -> None:
        nodes, made = self._nodes, len(self.values) - self._first
        if made >= MOST_LEAVES or deep == 0:
            raise ValueError(f"a tree has more than {MOST_LEAVES} leaves; fit it with fewer")
        if nodes["left"][at] == at:
            self.values.append(nodes["value"][at])
            return
        number = len(self.tests)
        self.tests.append((0, 0.0, False, 0))
        self._read(nodes["left"][at], deep - 1)
        struck = (1 << (len(self.values) - self._first)) - (1 << made)
        self.tests[number] = (
            nodes["feature"][at], nodes["threshold"][at], nodes["missing_left"][at], _ALL ^ struck
        )  # fmt: skip
        self._read(nodes["right"][at], deep - 1)


def marks_of(nodes: NDArray[np.void], trees: NDArray[np.void]) -> Marks:
    """The same trees; raises `ValueError` for one that has more than `MOST_LEAVES` leaves, or is none."""
    reading = _Reading(nodes)
    tests, leaves = [0], [0]
    for root in trees["root"].tolist():
        reading.tree(root)
        tests.append(len(reading.tests))
        leaves.append(len(reading.values))
    columns = tuple(zip(*reading.tests, strict=True)) or ((), (), (), ())
    return Marks(
        np.array(columns[0], np.int32),
        np.array(columns[1], np.float64),
        np.array(columns[2], np.bool_),
        np.array(columns[3], np.uint64),
        np.array(tests, np.int64),
        np.array(leaves, np.int64),
        np.array(reading.values, np.float64),
        np.ascontiguousarray(trees["label"]),
    )


@njit(cache=True, nogil=True)
def add_scores(marks: Marks, vectors: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Add the leaf that each row reaches in each tree to `out`, shape (n, classes), tree by tree."""
    tests, leaves, values, labels = marks.tests, marks.leaves, marks.values, marks.labels
    for start in range(0, vectors.shape[0], _ABREAST):
        columns = vectors[start : start + _ABREAST].T.copy()
        left = np.empty(columns.shape[1], dtype=np.uint64)
        for tree in range(labels.shape[0]):
            _strike(marks, tests[tree], tests[tree + 1], columns, left)
            label, first = labels[tree], leaves[tree]
            for i in range(left.shape[0]):
                out[start + i, label] += values[first + int64(lowest_bit(left[i]))]


@njit(cache=True, nogil=True)
def _strike(
    marks: Marks, first: int, end: int, columns: NDArray[np.float64], left: NDArray[np.uint64]
) -> None:
    """Written so that it compiles to vector instructions: no branch, and a length that is not constant."""
    features, thresholds, missing_left, kept = marks.feature, marks.threshold, marks.missing_left, marks.kept
    rows = left.shape[0]
    left[:] = _ONES
    for test in range(first, end):
        feature, threshold, keep = features[test], thresholds[test], kept[test]
        if missing_left[test]:
            for i in range(rows):
                left[i] &= keep | (uint64(columns[feature, i] > threshold) - uint64(1))
        else:
            for i in range(rows):
                left[i] &= keep | (uint64(0) - uint64(columns[feature, i] <= threshold))
