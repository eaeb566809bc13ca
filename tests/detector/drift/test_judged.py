from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from detector.casework.cases import Cases
from detector.casework.keeper import CaseKeeper
from detector.casework.records import Change
from detector.drift.judged import LEAST, Judged, judged
from detector.store.findings import Findings
from detector.store.opening import open_database, open_store
from tests.support.stores import alert_of, lease_of

if TYPE_CHECKING:
    from detector.casework.statuses import Verdict

JUDGED = 1000
SCORE = 0.9
RIGHT: Final[Verdict] = "true_positive_impact"
ALLOWED: Final[Verdict] = "benign_positive"
WRONG: Final[Verdict] = "false_positive"
UNDECIDED: Final[Verdict] = "undetermined"


def opinion(url: str, verdicts: list[Verdict], since: int = 0) -> Judged | None:
    """What verdicts on alerts of a score come to, all given at `JUDGED`."""
    alerts = [alert_of(number, score=SCORE) for number in range(len(verdicts))]
    with closing(open_store(url)) as store:
        store.conclude(lease_of(store), Findings(100, alerts=alerts), 1)
    with closing(open_database(url)) as database:
        while CaseKeeper(database).follow(1):
            pass
        for alert, verdict in zip(alerts, verdicts, strict=True):
            change = Change(verdict=verdict, confidence=1.0)
            Cases(database).change([alert.alert_id], change, "ana", "looked", JUDGED)
        return judged(database, since)


def test_verdicts_that_keep_what_scores_promise_are_no_drift(store_url: str) -> None:
    """Nine of ten are right; who may do what the alert says is one of them."""
    said = [*[RIGHT] * 24, *[ALLOWED] * 3, *[WRONG] * 3]
    found = opinion(store_url, said)
    assert found is not None
    assert (found.cases, found.found, found.moved) == (30, 0.9, False)
    assert abs(found.expected - SCORE) < 1e-6
    assert found.ece < 1e-6


def test_verdicts_that_deny_scores_are_drift(store_url: str) -> None:
    """Half of them wrong, where one in ten should be."""
    said = [*[RIGHT] * 15, *[WRONG] * 15]
    found = opinion(store_url, said)
    assert found is not None
    assert found.moved
    assert found.deviation < -3


def test_few_or_old_verdicts_say_nothing(store_url: str) -> None:
    """What was not judged either way does not count, nor what was judged before."""
    assert opinion(store_url, [*[WRONG] * (LEAST - 1), UNDECIDED]) is None
    with closing(open_database(store_url)) as database:
        Cases(database).change(["alr_29"], Change(verdict=WRONG, confidence=1.0), "ana", "", JUDGED)
        assert judged(database, JUDGED) is not None
        assert judged(database, JUDGED + 1) is None
