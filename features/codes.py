"""Small codes for fields that are words in a log: why generation ended, reasoning effort, human token."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from features.rows import (
    FINISH_LENGTH,
    FINISH_OTHER,
    FINISH_REFUSED,
    FINISH_STOP,
    FINISH_TOOL,
    MISSING,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_FINISH: Final = MappingProxyType(
    {
        "stop": FINISH_STOP,
        "end_turn": FINISH_STOP,
        "stop_sequence": FINISH_STOP,
        "length": FINISH_LENGTH,
        "max_tokens": FINISH_LENGTH,
        "tool_calls": FINISH_TOOL,
        "function_call": FINISH_TOOL,
        "tool_use": FINISH_TOOL,
        "content_filter": FINISH_REFUSED,
        "refusal": FINISH_REFUSED,
        "safety": FINISH_REFUSED,
    }
)
_REFUSING_ERRORS: Final = (
    "content_policy",
    "contentpolicy",
    "content_filter",
    "content_management",
    "safety",
)
_EFFORT: Final = MappingProxyType(
    {"none": 0, "minimal": 1, "low": 1, "medium": 2, "high": 3, "xhigh": 3, "max": 3}
)
_HUMAN: Final = MappingProxyType({"none": 0, "valid": 1, "invalid": 2})


def finish_codes(reasons: Sequence[str | None], errors: Sequence[str | None]) -> NDArray[np.int8]:
    """`FINISH_*` codes, shape (n,); an error that names a content policy is a refusal."""
    codes = _coded(reasons, lambda reason: _FINISH.get(reason.lower(), FINISH_OTHER))
    refused = _coded(errors, lambda error: int(any(name in error.lower() for name in _REFUSING_ERRORS)))
    codes[refused == 1] = FINISH_REFUSED
    return codes


def effort_codes(efforts: Sequence[str | None]) -> NDArray[np.int8]:
    """Reasoning effort, shape (n,): none 0, minimal or low 1, medium 2, high or more 3."""
    return _coded(efforts, lambda effort: _EFFORT.get(effort.lower(), MISSING))


def human_codes(tokens: Sequence[str | None]) -> NDArray[np.int8]:
    """The gateway's verdict on a human token, shape (n,): none 0, valid 1, invalid 2."""
    return _coded(tokens, lambda token: _HUMAN.get(token.lower(), MISSING))


def _coded(values: Sequence[str | None], code: Callable[[str], int]) -> NDArray[np.int8]:
    codes = {value: MISSING if value is None else code(value) for value in set(values)}
    return np.array([codes[value] for value in values], dtype=np.int8)
