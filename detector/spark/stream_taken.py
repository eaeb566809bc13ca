"""What one shard took of one partition in one batch, as it travels from an executor to the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.store.intake import (  # noqa: TC001 - msgspec reads the annotations
    Frame,
    IntakeCounts,
    Letter,
    SeenSegment,
)

if TYPE_CHECKING:
    from detector.store.intake import PartitionCommit

SCHEMA: Final = "origin STRING, shard INT, taken BINARY"
"""A row of the stream's output; the last column is a `Taken`."""


class Taken(msgspec.Struct, array_like=True, frozen=True):
    """Everything that must become durable of it, as in `detector.store.intake.PartitionCommit`."""

    before: int | None
    """offset up to which the shard had read before; None: nothing yet"""
    first: int
    """offset of its first record in the batch"""
    position: int
    """offset after its last"""
    witnesses: bytes
    """as `streaming.admission.Admission.witnesses`, of the shard alone"""
    counts: IntakeCounts
    """of this batch"""
    frames: list[Frame]
    seen: SeenSegment | None
    letters: list[Letter]


def taken_of(commit: PartitionCommit, before: int | None, first: int) -> Taken:
    """What a shard's partition has to commit; its counts began at zero."""
    return Taken(
        before, first, commit.position, commit.state, commit.counts,
        list(commit.frames), commit.seen, list(commit.letters),
    )  # fmt: skip


def pack(taken: Taken) -> bytes:
    """For the column."""
    return msgspec.msgpack.encode(taken)


def unpack(packed: bytes) -> Taken:
    """From the column."""
    return msgspec.msgpack.decode(packed, type=Taken)
