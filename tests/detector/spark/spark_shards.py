"""Shards of executors without Spark: their state in memory, their records by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from detector import compose
from detector.defaults import DEFAULT_MODEL
from detector.spark.stream_shard import Recipe, ShardIntake
from detector.spark.stream_taken import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from detector.spark.stream_taken import Taken

AHEAD = 86_400_000
NOW = 4_000_000_000_000


def make_recipe() -> Recipe:
    """Canonical events by the shipped text weights."""
    replay = compose.set_up(DEFAULT_MODEL, secret="of a test").replay
    return Recipe(
        "canonical",
        replay.reading,
        lambda: replay.kernel,
        replay.admission,
        "test",
        AHEAD,
        keep_payload=False,
    )


@dataclass
class Value:
    """As Spark's `ValueState`."""

    held: tuple[Any, ...] | None = None

    def exists(self) -> bool:
        """Whether there is one."""
        return self.held is not None

    def get(self) -> tuple[Any, ...] | None:
        """It."""
        return self.held

    def update(self, value: tuple[Any, ...]) -> None:
        """Another."""
        self.held = value


@dataclass
class Values:
    """As Spark's `MapState`."""

    held: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)

    def iterator(self) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        """Keys and values."""
        return iter(self.held.items())

    def getValue(self, key: tuple[Any, ...]) -> tuple[Any, ...] | None:  # noqa: N802 - Spark's name
        """One of them."""
        return self.held.get(key)

    def updateValue(self, key: tuple[Any, ...], value: tuple[Any, ...]) -> None:  # noqa: N802 - as above
        """Put one in."""
        self.held[key] = value

    def removeKey(self, key: tuple[Any, ...]) -> None:  # noqa: N802 - as above
        """Take one out."""
        del self.held[key]


@dataclass
class Shard:
    """One key and its state; a new `ShardIntake` for every batch, as in Spark."""

    recipe: Recipe
    scratch: Path
    origin: str = "usage/0"
    number: int = 0
    place: Value = field(default_factory=Value)
    seen: Values = field(default_factory=Values)

    def getValueState(self, *_: Any) -> Value:  # noqa: N802 - Spark's name
        """The place."""
        return self.place

    def getMapState(self, *_: Any) -> Values:  # noqa: N802 - as above
        """The ids."""
        return self.seen

    def take(self, records: Sequence[tuple[int, bytes]]) -> list[tuple[str, int, Taken]]:
        """A batch of records by offset."""
        intake, timers, handle = ShardIntake(self.recipe, lambda: [str(self.scratch)]), None, self
        intake.init(handle)  # type: ignore[arg-type]
        rows = pd.DataFrame(records, columns=["offset", "value"]).assign(now=NOW)
        halves = [rows.iloc[: len(rows) // 2], rows.iloc[len(rows) // 2 :]]
        out = intake.handleInputRows(
            (self.origin, self.number),
            iter([one for one in halves if len(one)]),
            timers,  # type: ignore[arg-type]
        )
        return [
            (row.origin, row.shard, unpack(row.taken))
            for table in out
            for row in table.itertuples(index=False)
        ]

    def copy(self) -> Self:
        """As it is now."""
        return type(self)(
            self.recipe,
            self.scratch,
            self.origin,
            self.number,
            Value(self.place.held),
            Values(dict(self.seen.held)),
        )
