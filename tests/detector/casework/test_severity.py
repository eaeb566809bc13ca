from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.casework.severity import Stakes, least_rank, patience, rank_of, rank_spans, severity_of

STAKES = st.builds(
    Stakes,
    kind=st.sampled_from(["account", "campaign"]),
    label=st.sampled_from(["benign", "relay", "distillation"]),
    score=st.floats(0, 1),
    alert_status=st.sampled_from(["open", "cleared"]),
    accounts=st.integers(0, 100),
    leaked=st.integers(0, 1 << 40),
)


@pytest.mark.parametrize(
    ("at", "severity"),
    [
        (Stakes("campaign", "distillation", 0.6, "open", 20, 0), 5),
        (Stakes("campaign", "distillation", 0.6, "open", 2, 5_000), 5),
        (Stakes("campaign", "distillation", 0.9, "open", 2, 0), 4),
        (Stakes("account", "distillation", 0.95, "open", 1, 1_000), 4),
        (Stakes("account", "distillation", 0.6, "open", 1, 5_000), 4),
        (Stakes("account", "distillation", 0.9, "open", 1, 4_999), 3),
        (Stakes("campaign", "relay", 0.9, "open", 99, 99_999), 2),
        (Stakes("campaign", "benign", 0.1, "open", 99, 99_999), 1),
        (Stakes("campaign", "distillation", 0.9, "cleared", 99, 99_999), 1),
    ],
)
def test_severity_is_by_class_and_size(at: Stakes, severity: int) -> None:
    """Distillation by what it takes, a relay never high, and nothing that is over."""
    assert severity_of(at) == severity


@given(STAKES)
def test_the_more_severe_the_sooner(at: Stakes) -> None:
    """More accounts, more leaked or a higher score never make a case less pressing."""
    worse = replace(at, accounts=at.accounts + 20, leaked=at.leaked * 2, score=1.0)
    assert severity_of(worse) >= severity_of(at)
    assert patience(severity_of(worse)) <= patience(severity_of(at))
    assert rank_of(worse, severity_of(worse)) >= rank_of(at, severity_of(at))


@given(STAKES, st.none() | st.sampled_from(["account", "campaign"]), st.none() | st.integers(1, 5))
def test_spans_of_rank_hold_what_they_are_for(at: Stakes, kind: str | None, least: int | None) -> None:
    """By kind and severity, and campaigns are before all accounts."""
    severity = severity_of(at)
    rank = rank_of(at, severity)
    meant = kind in {None, at.kind} and severity >= (least or 0)
    assert any(span is None or span[0] <= rank < span[1] for span in rank_spans(kind, least)) == meant
    assert rank < 1 << 53
    assert (rank >= least_rank("campaign", 0)) == (at.kind == "campaign")
