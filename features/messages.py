"""The messages and answers of events as one byte buffer with offsets and roles."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from features.hashing import string_bytes
from features.text.parts import ASSISTANT, RESPONSE, SYSTEM, TOOL, USER, TextParts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from features.contract import ContentPart, Message

ROLES: Final[Mapping[str | None, int]] = MappingProxyType(
    {
        "system": SYSTEM,
        "developer": SYSTEM,
        "user": USER,
        "assistant": ASSISTANT,
        "tool": TOOL,
        "function": TOOL,
    }
)
"""The part's role for a message's role; any other is the user's."""

_ROLE: Final = attrgetter("role")
_CONTENT: Final = attrgetter("content")


def text_parts(columns: Mapping[str, Sequence[Any]]) -> TextParts:
    """The text in the columns `messages` and `response`; an event that came with a `sketch` has none."""
    sketches = columns["sketch"]
    inputs = [m if m and s is None else () for m, s in zip(columns["messages"], sketches, strict=True)]
    answers = [r if s is None else None for r, s in zip(columns["response"], sketches, strict=True)]
    answered = np.array([answer is not None for answer in answers], dtype=np.bool_)
    first = np.zeros(len(inputs) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, inputs), np.int64, len(inputs)) + answered, out=first[1:])
    is_answer = np.zeros(first[-1], dtype=np.bool_)
    is_answer[first[1:][answered] - 1] = True
    messages = list(chain.from_iterable(inputs))
    roles = np.full(len(is_answer), RESPONSE, dtype=np.uint8)
    roles[~is_answer] = _roles(messages)
    texts = np.empty(len(is_answer), dtype=object)
    texts[~is_answer] = _contents(messages)
    texts[is_answer] = [answer for answer in answers if answer is not None]
    data, offsets = string_bytes(pa.array(texts, pa.large_string()))
    return TextParts(data, offsets, roles, first)


def _roles(messages: Sequence[Message]) -> list[int]:
    # the events of one log use few roles; a plain dictionary is read faster than its proxy
    known = dict(ROLES)
    return [known.get(role, USER) for role in map(_ROLE, messages)]


def _contents(messages: Sequence[Message]) -> list[str]:
    contents = map(_CONTENT, messages)
    return [content if isinstance(content, str) else _joined(content or ()) for content in contents]


def _joined(parts: Iterable[ContentPart]) -> str:
    return "\n".join(part.text for part in parts if part.text)
