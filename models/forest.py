"""Boosted trees as flat arrays: compiled scores, and what every feature added to them.

A replay scores a few accounts at each of thousands of ticks; scikit-learn's `predict` costs milliseconds a
call, this costs microseconds a row (`models.marks` has the kernel). Tests hold the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import njit

from models.marks import Marks, add_scores, marks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from sklearn.ensemble import HistGradientBoostingClassifier

NODE: Final = np.dtype(
    [
        ("threshold", "<f8"),  # left where the value is at most this
        ("value", "<f8"),  # a leaf's value; at an inner node the mean over the training rows below it
        ("feature", "<i4"),
        ("left", "<i4"),
        ("right", "<i4"),
        ("missing_left", "?"),  # where NaN goes
    ],
    align=True,
)
"""One node in 32 bytes. A leaf's children are itself, so a walk of fixed length needs no test for leaves."""

TREE: Final = np.dtype([("root", "<i4"), ("depth", "<i4"), ("label", "<i4")])
"""Where a tree starts, the length of its longest path, and the class whose score it adds to."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees of several classes; a score is `base` plus one leaf of each tree."""

    nodes: NDArray[np.void]
    """shape (nodes,), dtype NODE"""
    trees: NDArray[np.void]
    """shape (trees,), dtype TREE"""
    base: NDArray[np.float64]
    """shape (classes,)"""
    features: int
    marks: Marks = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "marks", marks_of(self.nodes, self.trees))

    def scores(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Raw scores, shape (n, classes), of `vectors`, shape (n, features)."""
        out = np.tile(self.base, (len(vectors), 1))
        add_scores(self.marks, vectors, out)
        return out

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """What `of` takes, under names that begin with `name`."""
        return {
            f"{name}_nodes": self.nodes,
            f"{name}_trees": self.trees,
            f"{name}_base": self.base,
            f"{name}_features": np.array(self.features),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> Forest:
        """The forest that `arrays` gave; raises `ValueError` for trees that would leave their arrays."""
        nodes, trees = arrays[f"{name}_nodes"], arrays[f"{name}_trees"]
        base, features = arrays[f"{name}_base"], int(arrays[f"{name}_features"])
        if nodes.dtype != NODE or trees.dtype != TREE:
            raise ValueError(f"{name}: nodes or trees of another layout")
        within = (
            _is_within(nodes["left"], len(nodes))
            and _is_within(nodes["right"], len(nodes))
            and _is_within(nodes["feature"], features)
            and _is_within(trees["root"], len(nodes))
            and _is_within(trees["label"], len(base))
        )
        if not within:
            raise ValueError(f"{name}: a tree leaves its arrays")
        return cls(nodes, trees, base, features)

    def contributions(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each feature adds, shape (n, classes, features), and the mean score they add to, (classes,).

        Each split on a row's path is credited with the change of the mean below it (Saabas 2014), so the
        contributions of a row and the mean add up to its raw score exactly.
        """
        roots = self.nodes["value"][self.trees["root"]]
        mean = self.base + np.bincount(self.trees["label"], roots, len(self.base))
        out = np.zeros((len(vectors), len(self.base), self.features))
        _credit(self.nodes, self.trees, vectors, out)
        return out, mean


def _is_within(numbers: NDArray[np.int32], end: int) -> bool:
    return bool(((numbers >= 0) & (numbers < end)).all())


def compile_boosting(model: HistGradientBoostingClassifier) -> Forest:
    """The trees of a fitted classifier on numeric features; one score a class, or one for two classes."""
    nodes, trees, at = [], [], 0
    for stage in model._predictors:  # noqa: SLF001 - scikit-learn shows its trees nowhere else
        for label, predictor in enumerate(stage):
            nodes.append(_compile_tree(predictor.nodes, at))
            trees.append((at, int(predictor.nodes["depth"].max()), label))
            at += len(predictor.nodes)
    base = np.asarray(model._baseline_prediction, dtype=np.float64)  # noqa: SLF001 - as above
    return Forest(np.concatenate(nodes), np.array(trees, TREE), base.ravel(), int(model.n_features_in_))


def _compile_tree(tree: NDArray[np.void], start: int) -> NDArray[np.void]:
    leaf = tree["is_leaf"].astype(bool)
    itself = np.arange(len(tree))
    nodes = np.zeros(len(tree), dtype=NODE)
    nodes["threshold"] = tree["num_threshold"]
    nodes["value"] = _means(tree)
    nodes["feature"] = np.where(leaf, 0, tree["feature_idx"])
    nodes["left"] = np.where(leaf, itself, tree["left"]) + start
    nodes["right"] = np.where(leaf, itself, tree["right"]) + start
    nodes["missing_left"] = tree["missing_go_to_left"]
    return nodes


def _means(tree: NDArray[np.void]) -> NDArray[np.float64]:
    """Leaf values, and at inner nodes their mean weighted by training rows; children follow parents."""
    values: NDArray[np.float64] = tree["value"].astype(np.float64)
    for at in range(len(tree) - 1, -1, -1):
        if not tree["is_leaf"][at]:
            children = tree["left"][at], tree["right"][at]
            weights = [float(tree["count"][child]) for child in children]
            values[at] = np.average(values[list(children)], weights=weights)
    return values


@njit(cache=True, nogil=True)
def _child(nodes: NDArray[np.void], at: int, vector: NDArray[np.float64]) -> int:
    node = nodes[at]
    value = vector[node.feature]
    left = (value <= node.threshold) | ((value != value) & node.missing_left)  # noqa: PLR0124 - NaN
    return int(node.left if left else node.right)


@njit(cache=True, nogil=True)
def _credit(
    nodes: NDArray[np.void], trees: NDArray[np.void], vectors: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    for i in range(vectors.shape[0]):
        for tree in trees:
            at = tree.root
            for _ in range(tree.depth):
                below = _child(nodes, at, vectors[i])
                out[i, tree.label, nodes[at].feature] += nodes[below].value - nodes[at].value
                at = below
