"""Bytes for texts, as JSON: what is not UTF-8 stands there as it is, as it does in a log of lines."""

from __future__ import annotations

import json
from typing import Any

import msgspec


def as_texts(value: Any) -> Any:
    """`value` with a text for bytes, at every depth.

    One that is not UTF-8 is left to the decoder, which rejects its record alone, or never looks at it.
    """
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, dict):
        return {name: as_texts(part) for name, part in value.items()}
    return [as_texts(part) for part in value] if isinstance(value, (list, tuple)) else value


def _text(value: bytes) -> str | msgspec.Raw:
    try:
        return value.decode()
    except UnicodeDecodeError:
        text = json.dumps(value.decode(errors="surrogateescape"), ensure_ascii=False)
        return msgspec.Raw(text.encode(errors="surrogateescape"))
