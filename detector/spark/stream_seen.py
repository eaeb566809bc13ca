"""The ids that a shard has seen, in Spark's state store: by the hour of their events, and in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.seen import SEEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pyspark.sql.streaming.stateful_processor import MapState

HOUR: Final = 3_600_000
"""ms; ids are kept and forgotten by it"""
PIECE_IDS: Final = 1024
"""in a value at most: of a larger message Spark 4.0.0 may take the beginning for the whole (SPARK-53870)"""
KEY: Final = "hour LONG, piece INT"
VALUE: Final = "ids BINARY"

_PIECE: Final = PIECE_IDS * SEEN.itemsize


class SeenState:
    """Pieces in a map of the state store. How many ids each hour has is `held`, which the caller keeps."""

    def __init__(self, pieces: MapState, held: dict[int, int]) -> None:
        self._pieces = pieces
        self.held = held

    def since(self, oldest: int) -> bytes:
        """All ids (`SEEN`) of the hours that end after a time (ms), in the order in which they were added."""
        wanted = [
            (key, value[0]) for key, value in self._pieces.iterator() if (int(key[0]) + 1) * HOUR > oldest
        ]
        return b"".join(bytes(ids) for _, ids in sorted(wanted))

    def add(self, fresh: Mapping[int, bytes]) -> None:
        """Put ids in, by the hour; a piece that is not full is written again."""
        for hour, ids in fresh.items():
            count = self.held.get(hour, 0)
            first, begun = divmod(count, PIECE_IDS)
            before = self._pieces.getValue((hour, first)) if begun else None
            whole = ids if before is None else bytes(before[0]) + ids
            for number, at in enumerate(range(0, len(whole), _PIECE), first):
                self._pieces.updateValue((hour, number), (whole[at : at + _PIECE],))
            self.held[hour] = count + len(ids) // SEEN.itemsize

    def drop_before(self, oldest: int) -> None:
        """Forget the hours before one."""
        for hour in [hour for hour in self.held if hour < oldest]:
            for number in range(-(-self.held.pop(hour) // PIECE_IDS)):
                self._pieces.removeKey((hour, number))


def pack_held(held: Mapping[int, int]) -> bytes:
    """For a column."""
    return np.array(sorted(held.items()), dtype="<i8").tobytes()


def unpack_held(packed: bytes) -> dict[int, int]:
    """From the column."""
    return dict(np.frombuffer(packed, "<i8").reshape(-1, 2).tolist())


def by_hour(seen: NDArray[np.void]) -> dict[int, bytes]:
    """Ids (`SEEN`) by the hour in which their events became available, in their order."""
    hours = seen["available"] // HOUR
    order = np.argsort(hours, kind="stable")
    found, starts = np.unique(hours[order], return_index=True)
    parts = np.split(seen[order], starts[1:])
    return {hour: part.tobytes() for hour, part in zip(found.tolist(), parts, strict=False)}
