"""Whether scores still are probabilities, by the verdicts of people on what was alerted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from detector.casework.listing import CaseList
from detector.casework.records import CaseQuery
from detector.evaluate.calibration import grade_calibration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.casework.records import Case
    from detector.casework.statuses import Verdict
    from detector.store.database import Database

RIGHT: Final[tuple[Verdict, ...]] = ("true_positive_impact", "true_positive_no_impact", "benign_positive")
"""The alert says what is so; whether it may be is another matter."""
WRONG: Final[tuple[Verdict, ...]] = ("false_positive",)
LEAST: Final = 30
_FAR: Final = 3.0
_PAGE: Final = 500


class Judged(msgspec.Struct, frozen=True):
    """Cases of distillation that people judged, and what their scores promised."""

    cases: int
    expected: float
    """share of right ones, by their scores"""
    found: float
    """share of right ones"""
    deviation: float
    """of the number of right ones from what was promised, in its standard deviations"""
    ece: float
    """expected calibration error"""
    moved: bool


def judged(database: Database, since: int = 0) -> Judged | None:
    """Of cases judged since a time (ms); None where there are fewer than `LEAST`."""
    rows = [_outcome(case) for case in _cases(database) if (case.judged or 0) >= since]
    if len(rows) < LEAST:
        return None
    scores, right = np.array([score for score, _ in rows]), np.array([is_right for _, is_right in rows])
    spread = float(np.sqrt((scores * (1 - scores)).sum()))
    deviation = float(right.sum() - scores.sum()) / max(spread, 1e-9)
    graded = grade_calibration(scores, right)
    return Judged(
        len(rows), float(scores.mean()), float(right.mean()), deviation, graded.ece, abs(deviation) > _FAR
    )


def _outcome(case: Case) -> tuple[float, bool]:
    score = case.score if case.closed_score is None else case.closed_score
    return min(max(score, 0.0), 1.0), case.verdict in RIGHT


def _cases(database: Database) -> Iterator[Case]:
    listed = CaseList(database)
    for verdict in (*RIGHT, *WRONG):
        query, cursor = CaseQuery(queue=None, verdict=verdict), None
        while True:
            page = listed.page(query, cursor, _PAGE)
            # A false alert may be cleared since, and was judged as what it said.
            yield from (one for one in page.items if (one.closed_label or one.label) == "distillation")
            cursor = page.cursor
            if cursor is None:
                break
