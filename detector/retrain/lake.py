"""Rows of a lake, under no label yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.lake.teaching import StatedLabels
from detector.retrain.facts import UNKNOWN
from detector.retrain.labelled import Facts, Labelled
from features.account.vector import NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.lake.lake import Lake
    from models.dataset import TrainingSet

_OF_TEXT: Final = NAMES.index("user_length")
"""A feature that every account has whose requests had text or a sketch."""


def lake_traffic(lake: Lake, until: int | None = None) -> Labelled:
    """All rows of ticks that ended at `until` (ms) or before; accounts are benign until labels speak.

    Organisation, plan and client are known by their hashes, privacy as text or metadata (a sketch made at
    the edge is told from one of a text by nobody), and the language not at all. Raises `LakeError`.
    """
    found = lake.recorded(StatedLabels({}), until)
    told = {name: _named(name, values) for name, values in found.told.items()}
    privacy = _privacy(found.examples.accounts, len(found.names))
    facts = Facts(**told, privacy=privacy, language=np.full(len(found.names), UNKNOWN))
    return Labelled(found.examples, found.names, found.ends, facts)


def _named(what: str, values: NDArray[np.uint64]) -> NDArray[np.str_]:
    names = [f"{what}-{value:016x}" if value else UNKNOWN for value in values.tolist()]
    return np.array(names, dtype=np.str_)


def _privacy(rows: TrainingSet, accounts: int) -> NDArray[np.str_]:
    had_text = np.zeros(accounts, dtype=np.bool_)
    had_text[rows.accounts[~np.isnan(rows.vectors[:, _OF_TEXT])]] = True
    return np.where(had_text, "text", "metadata")
