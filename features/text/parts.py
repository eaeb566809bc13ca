"""The text of a batch of events as one byte buffer and offsets, so that kernels see no Python object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SYSTEM: Final = 0
USER: Final = 1
ASSISTANT: Final = 2
TOOL: Final = 3
RESPONSE: Final = 4
"""The generated answer; at most one an event, after its input messages."""


@dataclass(frozen=True, slots=True)
class TextParts:
    """The messages and answers of `n` events, in order.

    Part `p` is `data[offsets[p]:offsets[p + 1]]` (UTF-8) with role `roles[p]`; event `i` owns the parts
    `first[i]` to `first[i + 1]`. An event without text owns none.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    roles: NDArray[np.uint8]
    first: NDArray[np.int64]
