"""What drifted, as a table's rows and as a proposal to train anew. Nothing here changes a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.drift.fields import FieldShare  # noqa: TC001 - msgspec reads annotations at run time
from detector.drift.judged import Judged  # noqa: TC001
from detector.drift.reference import SCORE
from detector.drift.stability import Stability, changes, moved

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY: Final = 5
"""Features that moved, beside none of them that a single change of a client would explain."""


class Report(msgspec.Struct, frozen=True):
    """Drift of one model's accounts; what could not be measured is left out."""

    model_id: str
    time: int
    """of the last event time that is known of, ms"""
    stability: tuple[Stability, ...] = ()
    fields: tuple[FieldShare, ...] = ()
    judged: Judged | None = None

    @property
    def is_own(self) -> bool:
        """Whether it was compared with traffic, of which is known what is usually missing."""
        return any(one.usually_missing is not None for one in self.stability)


class Reason(msgspec.Struct, frozen=True):
    """What speaks for a training."""

    kind: str
    said: str


class Proposal(msgspec.Struct, frozen=True):
    """To look, and perhaps to train anew: somebody has to decide."""

    model_id: str
    reasons: tuple[Reason, ...]


def proposal(report: Report) -> Proposal | None:
    """What speaks for a training; None: nothing does."""
    reasons = tuple(_reasons(report))
    return Proposal(report.model_id, reasons) if reasons else None


def _reasons(report: Report) -> Iterator[Reason]:
    features = moved(report.stability) if report.is_own else ()
    if SCORE in features:
        yield Reason(
            "score", "scores are distributed otherwise than in the reference: calibrate anew, or train"
        )
    if features and changes(report.stability) >= MANY:
        yield Reason("features", f"{len(features)} features moved, among them {', '.join(features[:MANY])}")
    if (right := report.judged) is not None and right.moved:
        said = f"{right.found:.0%} of {right.cases} judged alerts are right"
        yield Reason("verdicts", f"{said}, by their scores {right.expected:.0%}")
    for field in report.fields:
        if field.moved:
            had = f"{field.usual:.0%} of events had the field {field.field}, now {field.now:.0%}"
            yield Reason(f"field {field.field}", f"{had}: look at the gateway")
