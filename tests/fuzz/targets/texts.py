"""The text kernel over bytes of any kind: a row, the same whatever stands beside the text."""

from __future__ import annotations

from functools import cache

import numpy as np

from features.text.kernel import TextKernel
from features.text.parts import ASSISTANT, RESPONSE, SYSTEM, TOOL, USER, TextParts
from features.text.purposes import PurposeWeights
from tests.fuzz.parts import KEY

ROLES = (SYSTEM, USER, ASSISTANT, TOOL, RESPONSE)


@cache
def _kernel() -> TextKernel:
    return TextKernel(KEY, PurposeWeights.empty())


def fuzz(data: bytes) -> None:
    """Texts parted by NUL, the first byte of each its role; one event, alone and as the second of two."""
    pieces = [piece for piece in data.split(b"\0") if piece] or [b"a"]
    (alone,) = _kernel().sketch(_parts([pieces]))
    both = _kernel().sketch(_parts([[b"a before"], pieces]))
    assert both[1].tobytes() == alone.tobytes()


def _parts(events: list[list[bytes]]) -> TextParts:
    pieces = [piece for event in events for piece in event]
    texts = [piece[1:] for piece in pieces]
    return TextParts(
        np.frombuffer(b"".join(texts) + bytes(1), np.uint8)[:-1],
        np.cumsum([0, *map(len, texts)], dtype=np.int64),
        np.array([ROLES[piece[0] % len(ROLES)] for piece in pieces], dtype=np.uint8),
        np.cumsum([0, *map(len, events)], dtype=np.int64),
    )
