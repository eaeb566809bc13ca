"""Objects to `State` and back: for what is kept in many small values rather than in a few arrays.

Unlike a pickle it makes objects of the listed classes only, and sets their attributes as they were. Objects
that others own, such as a table that has a state of its own, are named and not copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from features.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLAIN: Final = (str, int, float, bool, type(None))
_CONTAINERS: Final = (list, tuple, set, frozenset)


@dataclass(frozen=True, slots=True)
class Graph:
    """Which objects there may be."""

    classes: Mapping[str, type]
    """by the name under which they are stored"""
    outside: Mapping[str, object]
    """objects that belong to others, by name; a string counts as one where it is the very same"""

    def state(self, root: object) -> State:
        """All that `root` consists of; raises `TypeError` for a class that is not listed."""
        arrays: dict[str, np.ndarray[Any, Any]] = {}
        told = _Taker(self, arrays).take(root, "")
        return State(arrays, {"root": told})

    def restore(self, state: State) -> Any:
        """The object that `state` was taken of; raises `KeyError` where a class or an owner is unknown."""
        return _Maker(self, state.arrays).make(state.facts["root"])


@dataclass(frozen=True, slots=True)
class _Taker:
    graph: Graph
    arrays: dict[str, np.ndarray[Any, Any]]

    def take(self, value: Any, path: str) -> Any:
        """What JSON can say of `value`; arrays are put aside under their path."""
        if isinstance(value, np.generic):
            value = value.item()
        for name, owned in self.graph.outside.items():
            if value is owned:
                return {"outside": name}
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, np.ndarray):
            while path in self.arrays:
                path += "'"
            self.arrays[path] = value.reshape(-1)
            return {"array": path, "shape": list(value.shape)}
        return self._compound(value, path)

    def _compound(self, value: Any, path: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return {"dict": [[self.take(k, path), self.take(v, f"{path}.{k}")] for k, v in value.items()]}
        for kind in _CONTAINERS:
            if type(value) is kind:
                ordered = sorted(value) if kind in {set, frozenset} else value
                return {kind.__name__: [self.take(one, f"{path}.{at}") for at, one in enumerate(ordered)]}
        name = next((name for name, one in self.graph.classes.items() if type(value) is one), None)
        if name is None:
            raise TypeError(f"{path or 'the root'}: {type(value).__name__} is none of the classes to keep")
        if isinstance(value, tuple):
            return {"object": name, "items": [self.take(one, f"{path}.{at}") for at, one in enumerate(value)]}
        fields = {field: self.take(held, f"{path}.{field}") for field, held in _fields(value)}
        return {"object": name, "fields": fields}


@dataclass(frozen=True, slots=True)
class _Maker:
    graph: Graph
    arrays: Mapping[str, np.ndarray[Any, Any]]

    def make(self, told: Any) -> Any:
        """What `_Taker.take` was given."""
        if not isinstance(told, dict):
            return told
        if "outside" in told:
            return self.graph.outside[told["outside"]]
        if "array" in told:
            return self.arrays[told["array"]].reshape(told["shape"])
        return self._object(told) if "object" in told else self._container(told)

    def _container(self, told: dict[str, Any]) -> Any:
        if "dict" in told:
            return {self.make(key): self.make(value) for key, value in told["dict"]}
        (kind,) = (kind for kind in _CONTAINERS if kind.__name__ in told)
        return kind(self.make(one) for one in told[kind.__name__])

    def _object(self, told: dict[str, Any]) -> Any:
        cls = self.graph.classes[told["object"]]
        if "items" in told:
            return cls(*map(self.make, told["items"]))
        made: Any = object.__new__(cls)
        for field, value in told["fields"].items():
            object.__setattr__(made, field, self.make(value))
        return made


def _fields(value: object) -> Iterator[tuple[str, Any]]:
    """Attributes in dictionaries and in slots, those of base classes included."""
    yield from vars(value).items() if hasattr(value, "__dict__") else ()
    for cls in type(value).__mro__:
        for name in getattr(cls, "__slots__", ()):
            yield name, getattr(value, name)
