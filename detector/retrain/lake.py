"""Rows of a lake, under no label yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detector.lake.teaching import StatedLabels
from detector.retrain.facts import UNKNOWN
from detector.retrain.labelled import Facts, Labelled

if TYPE_CHECKING:
    from detector.lake.lake import Lake


def lake_traffic(lake: Lake, until: int | None = None) -> Labelled:
    """All rows of ticks that ended at `until` (ms) or before; accounts are benign until labels speak.

    Of facts a lake knows the organisation alone, by its hash. Raises `LakeError`.
    """
    found = lake.recorded(StatedLabels({}), until)
    unknown = np.full(len(found.names), UNKNOWN)
    known = np.array([f"org-{org:016x}" for org in found.orgs.tolist()], dtype=np.str_)
    org = np.where(found.orgs == 0, unknown, known)
    return Labelled(found.examples, found.names, found.ends, Facts(org, unknown, unknown, unknown, unknown))
