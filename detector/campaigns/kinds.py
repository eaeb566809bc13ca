"""Kinds of objects that accounts share, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.population.layout import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

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


def is_of(kinds: NDArray[np.int64], names: Sequence[str]) -> NDArray[np.bool_]:
    """Which of `kinds`, places in KINDS, are among `names`."""
    return np.isin(kinds, [KINDS.index(name) for name in names])
