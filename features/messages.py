"""The messages and answers of events as one byte buffer with offsets and roles."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from features.hashing import string_bytes
from features.text.parts import ASSISTANT, RESPONSE, SYSTEM, TOOL, USER, TextParts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from features.contract import ContentPart

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


def text_parts(columns: Mapping[str, Sequence[Any]]) -> TextParts:
    """The text in the columns `messages` and `response`; an event that came with a `sketch` has none."""
    texts: list[str] = []
    roles: list[int] = []
    first = [0]
    role_of = ROLES.get
    for messages, response, sketch in zip(
        columns["messages"], columns["response"], columns["sketch"], strict=True
    ):
        if sketch is None:
            for message in messages or ():
                content = message.content
                texts.append(content if isinstance(content, str) else _joined(content or ()))
                roles.append(role_of(message.role, USER))
            if response is not None:
                texts.append(response)
                roles.append(RESPONSE)
        first.append(len(texts))
    data, offsets = string_bytes(pa.array(texts, pa.large_string()))
    return TextParts(data, offsets, np.array(roles, dtype=np.uint8), np.array(first, dtype=np.int64))


def _joined(parts: Iterable[ContentPart]) -> str:
    return "\n".join(part.text for part in parts if part.text)
