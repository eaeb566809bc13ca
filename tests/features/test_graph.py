from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.graph import Graph
from features.state import State

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Leaf:
    """A frozen value in slots."""

    name: str
    score: float
    rows: NDArray[np.int64]


@dataclass
class Tree:
    """An object that changes, and that holds something of another one's."""

    owner: object
    leaves: dict[str, Leaf] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    looked: dict[str, tuple[int, int]] = field(default_factory=dict)
    matrix: NDArray[np.float64] = field(default_factory=lambda: np.zeros((2, 3)))


def _again(tree: Any, owner: object) -> Any:
    graph = Graph({"tree": Tree, "leaf": Leaf}, {"owner": owner})
    state = graph.state(tree)
    arrays = {name: array.copy() for name, array in state.flat().items()}
    return graph.restore(State.of(json.loads(json.dumps(state.outline())), arrays))


NAMES = st.text("ab.?1", max_size=4)


@given(
    st.dictionaries(NAMES, st.lists(st.integers(-9, 9), max_size=4), max_size=4),
    st.sets(st.integers(0, 9)),
    st.dictionaries(NAMES, st.tuples(st.integers(), st.integers()), max_size=3),
)
def test_an_object_is_put_together_again(
    leaves: dict[str, list[int]], seen: set[int], looked: dict[str, tuple[int, int]]
) -> None:
    """Values, containers, arrays and order are as they were, and what others own is theirs still."""
    owner = object()
    held = {name: Leaf(name, len(rows) / 7, np.array(rows, dtype=np.int64)) for name, rows in leaves.items()}
    tree = Tree(owner, held, seen, looked)

    again = _again(tree, owner)

    assert again.owner is owner
    assert (again.seen, again.looked, list(again.leaves)) == (seen, looked, list(leaves))
    assert again.matrix.shape == (2, 3)
    for name, leaf in held.items():
        assert again.leaves[name].rows.tolist() == leaf.rows.tolist()
        assert (again.leaves[name].name, again.leaves[name].score) == (leaf.name, leaf.score)


def test_a_class_that_is_not_listed_is_told() -> None:
    """Nothing is kept that could not be made again."""
    with pytest.raises(TypeError, match=r"\.owner: complex"):
        _again(Tree(1j), object())
