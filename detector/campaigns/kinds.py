"""Kinds of objects that accounts share, in words."""

from __future__ import annotations

from typing import Final

KIND_NAMES: Final = {
    "template": "prompt template",
    "system": "system prompt",
    "head": "first words",
    "tail": "last words",
    "payment": "payment method",
    "device": "device",
    "network": "network",
    "signup": "sign-up batch",
    "client": "client and ASN",
    "settings": "request settings",
}
"""What people call each of `features.population.layout.KINDS`."""


def kind_name(kind: str) -> str:
    """A kind of object as people call it; findings of another release may have kinds unknown here."""
    return KIND_NAMES.get(kind, kind.replace("_", " "))
