"""An account's features beside its cohort: what each adds to the score, and where its value lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.console.views.words import figure
from features.scored import FEATURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.dossier.records import Weighed
    from features.catalogue import Feature

WIDE: Final = 160.0
"""of the strip and of the weight's bar, in units of the drawing"""
_MARGIN: Final = 0.06


@dataclass(frozen=True, slots=True)
class Strip:
    """Where the cohort's inner 80 %, its middle and the account's own value lie, from 0 to WIDE."""

    low: float
    high: float
    middle: float
    value: float | None
    said: str
    """the same in words"""


@dataclass(frozen=True, slots=True)
class Weight:
    """A feature as a row."""

    feature: Weighed
    meaning: str
    unit: str
    confounder: str
    """the honest use that moves it, too"""
    is_evidence: bool
    bar: float
    """length, up to half of WIDE"""
    strip: Strip | None
    """None where the cohort tells nothing"""


def weights(features: Sequence[Weighed]) -> list[Weight]:
    """Rows in the order given, the longest bar for the heaviest."""
    known = {feature.name: feature for feature in FEATURES}
    heaviest = max((abs(one.weight) for one in features), default=0.0) or 1.0
    return [_weight(one, known.get(one.feature), heaviest) for one in features]


def _weight(one: Weighed, known: Feature | None, heaviest: float) -> Weight:
    """Of features of another release nothing but the name is known."""
    return Weight(
        one,
        known.meaning if known else one.feature.replace("_", " "),
        known.unit if known else "",
        known.confounder if known else "",
        known.is_evidence if known else False,
        abs(one.weight) / heaviest * WIDE / 2,
        strip_of(one),
    )


def strip_of(one: Weighed) -> Strip | None:
    """The value on a line that has room for it and for the cohort."""
    if one.low is None or one.high is None or one.middle is None:
        return None
    ends = [one.low, one.high, *([] if one.value is None else [one.value])]
    low, high = min(ends), max(ends)
    room = (high - low) * _MARGIN or 1.0
    start, wide = low - room, high - low + 2 * room

    def place(value: float) -> float:
        return (value - start) / wide * WIDE

    usual = f"usual {figure(one.middle)}, 10 to 90 %: {figure(one.low)} to {figure(one.high)}"
    said = f"{figure(one.value)}; {usual}"
    own = None if one.value is None else place(one.value)
    return Strip(place(one.low), place(one.high), place(one.middle), own, said)
