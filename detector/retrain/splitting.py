"""What is judged on is later than what is learnt from, and of other organisations and campaigns."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.retrain.facts import UNKNOWN
from detector.retrain.labelled import with_last

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.retrain.labelled import Labelled

SHARE: Final = 0.25
_ALL: Final = 2**32


def owners(rows: Labelled) -> NDArray[np.str_]:
    """What must not be split, by account number: the campaign, or the organisation, or the account itself."""
    accounts = rows.examples.accounts
    groups = rows.names.astype(object)
    groups[accounts.accounts] = accounts.groups
    alone = (groups == rows.names) & (rows.facts.org != UNKNOWN)
    return np.where(alone, rows.facts.org, groups.astype(str))


def split(rows: Labelled, seed: int, share: float = SHARE) -> tuple[Labelled, Labelled]:
    """Rows to learn from, and to judge on: of a `share` of the owners, from the last `share` of the time."""
    at = rows.ends.min() + (1 - share) * (rows.ends.max() - rows.ends.min())
    names, of = np.unique(owners(rows), return_inverse=True)
    held = np.array([_hash(f"{seed}/{name}") < share * _ALL for name in names])[of]
    later, held_rows = rows.ends > at, held[rows.examples.accounts.accounts]
    return with_last(rows.take(~held_rows & ~later)), with_last(rows.take(held_rows & later))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")
