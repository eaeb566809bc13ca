"""Ids that are the same in every export of the same thing (STIX 2.1, section 2.9)."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_NAMESPACE: Final = UUID("5d2c9b8e-6f0a-4c57-9a33-7c1e57111a7c")


def identifier(kind: str, *parts: str) -> str:
    """`KIND--UUID`, of version 5, from what the object is about."""
    return f"{kind}--{uuid5(_NAMESPACE, chr(0).join((kind, *parts)))}"
