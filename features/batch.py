"""A batch of decoded events in columns: what every adapter makes and every later step takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from features.text.parts import TextParts


@dataclass(frozen=True, slots=True)
class EventBatch:
    """`n` events: fixed-size rows, the names behind `rows["account"]`, and text not yet sketched.

    `sketches` holds the rows of events that came with a sketch made at the edge; where `sketched` is false
    the text kernel fills the row from `parts`.
    """

    rows: NDArray[np.void]
    """shape (n,), dtype `features.rows.EVENT_ROW`"""
    accounts: list[str]
    """the distinct account ids of the batch"""
    parts: TextParts
    sketches: NDArray[np.void]
    """shape (n,), dtype `features.rows.SKETCH_ROW`"""
    sketched: NDArray[np.bool_]
    """shape (n,)"""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A ban, an unban or a model release: it links accounts later, and never scores one."""

    kind: str
    time: int
    """ms since the epoch"""
    subject: str
    """the account, or the model released"""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that could not become an event."""

    line: int
    """index of the line within the block that was decoded"""
    reason: str
    """one of `features.adapters.REASONS`"""
    detail: str
    """names the field, what was wrong and the remedy; never quotes content"""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one block of lines became: every line is in exactly one of the three."""

    batch: EventBatch
    lifecycle: list[Lifecycle]
    rejected: list[Rejected]
    lines: int
    """non-blank lines read"""
