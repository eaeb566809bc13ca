from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from detector.audit.reading import entries
from detector.dossier.records import Point
from detector.dossier.series import EVENTS, FIELDS
from detector.drift.fields import field_shares
from detector.drift.judged import Judged
from detector.drift.proposing import propose
from detector.drift.report import Proposal, Reason, Report, proposal
from detector.drift.stability import Stability, changes
from detector.drift.stored import DAY, points, stored_report
from detector.store.dossier_rows import write_series
from detector.store.opening import open_database
from features.scored import NAMES, OWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.store.findings import SeriesPoint

MODEL = "sw-1"


def shifted(feature: str, psi: float, *, moved: bool) -> Stability:
    """A feature of one cohort."""
    return Stability(feature, "8-31", 500, psi, 0.25, 0.2, moved)


def days(values: Sequence[float]) -> list[Point]:
    """A value a day."""
    return [Point(day * DAY, value) for day, value in enumerate(values)]


def test_a_field_that_a_gateway_stopped_logging_is_found() -> None:
    """Its share of the last day is beside that of the days before; others are as they were."""
    told = field_shares(
        {
            EVENTS: days([5000, 5000, 4000]),
            FIELDS + "device": days([3000, 3000, 40]),
            FIELDS + "model": days([5000, 5000, 4000]),
        }
    )
    lost = [one for one in told if one.moved]
    assert [(one.field, one.usual, one.now) for one in lost] == [("device", 0.6, 0.01)]


def test_a_quiet_day_says_nothing_of_fields() -> None:
    """Too few events are no drift."""
    assert field_shares({EVENTS: days([5000, 10]), FIELDS + "device": days([3000, 0])}) == []
    assert field_shares({}) == []


def test_what_drifted_is_proposed_in_words() -> None:
    """Scores, many features, and verdicts that deny what scores promised; of little, nothing is."""
    judged = Judged(200, 0.9, 0.5, -18.0, 0.4, moved=True)
    some = [shifted(f"feature-{number}", 0.4, moved=True) for number in range(5)]
    report = Report(MODEL, 0, (shifted("score", 0.3, moved=True), *some), (), judged)
    told = proposal(report)
    assert told is not None
    assert [reason.kind for reason in told.reasons] == ["score", "features", "verdicts"]
    assert told.reasons[-1].said == "50% of 200 judged alerts are right, by their scores 90%"
    assert proposal(Report(MODEL, 0, (shifted("fill", 0.4, moved=True),))) is None


def test_features_of_shared_words_count_once() -> None:
    """One wording that everybody began to use moves all of them."""
    shared = [shifted(name, 0.4, moved=True) for name in NAMES[OWN:]]
    some = [shifted(f"feature-{number}", 0.4, moved=True) for number in range(3)]
    assert changes([*shared, *some, shifted("score", 0.4, moved=True)]) == 4
    assert proposal(Report(MODEL, 0, (*shared, *some))) is None


def test_a_difference_to_what_a_model_was_fitted_on_is_no_drift() -> None:
    """Without a reference of one's own nothing is proposed for it."""
    some = [Stability(f"feature-{number}", "8-31", 500, 0.9, 0.25, None, moved=True) for number in range(9)]
    assert proposal(Report(MODEL, 0, tuple(some))) is None


def test_what_a_day_came_to_is_read_back(store_url: str) -> None:
    """The last day that was measured, of this model, the most moved first."""
    earlier = points(MODEL, [shifted("fill", 0.3, moved=True)], 0)
    found = [shifted("fill", 0.4, moved=True), shifted("yield", 0.01, moved=False)]
    other = points("sw-2", [shifted("fill", 0.9, moved=True)], DAY)
    with closing(open_database(store_url)) as database:
        with database.writing() as connection:
            told: list[SeriesPoint] = [*earlier, *points(MODEL, found, DAY), *other]
            write_series(database, connection, told)
        report = stored_report(database, MODEL, 28)
    assert report == Report(MODEL, DAY, tuple(found))


def test_a_proposal_is_put_into_the_audit_once(store_url: str) -> None:
    """As the detector's, and again only when it says something else."""
    first = Proposal(MODEL, (Reason("score", "scores moved"),))
    second = Proposal(MODEL, (Reason("verdicts", "verdicts deny it"),))
    again = Proposal(MODEL, (Reason("score", "scores moved farther"),))
    with closing(open_database(store_url)) as database:
        told = [propose(database, one, now) for now, one in enumerate((first, again, second))]
        audit = [one.entry for one in entries(database)]
    assert [number is None for number in told] == [False, True, False]
    assert [(one.actor, one.object_id, one.why) for one in audit] == [
        ("detector", MODEL, "scores moved"),
        ("detector", MODEL, "verdicts deny it"),
    ]
