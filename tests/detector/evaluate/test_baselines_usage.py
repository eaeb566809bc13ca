from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.evaluate.baselines.reading import MOST_TEXTS, read_usage
from detector.evaluate.baselines.verdicts import BUDGET, Running, budget_cut
from detector.truth import WorldError
from tests.support.logs import START, as_litellm, make_log, stamp, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from detector.evaluate.baselines.usage import Usage


def columns(usage: Usage) -> dict[str, list[object]]:
    """What was read, by field."""
    return {name: getattr(usage, name).tolist() for name in usage.__slots__}


def test_formats_are_read_alike(tmp_path: Path) -> None:
    """A LiteLLM log gives the same usage as a canonical one, and an event that comes twice counts once."""
    events = make_log(5)
    canonical = read_usage([write_log(tmp_path / "a.jsonl", [*events, *events[-9:]])])
    foreign = read_usage([write_log(tmp_path / "b.jsonl", [as_litellm(event) for event in events])])
    assert columns(canonical) == columns(foreign)
    assert len(canonical.time) == len(events)
    assert canonical.asks_reasoning.any()


def test_an_accounts_first_texts_are_embedded(tmp_path: Path) -> None:
    """Memory is bounded: later texts of an account are left out, its requests are not."""
    event = {"account_id": "a", "time": stamp(START), "messages": [{"role": "user", "content": "A river"}]}
    log = [event | {"event_id": str(i)} for i in range(MOST_TEXTS + 20)]
    usage = read_usage(
        [write_log(tmp_path / "a.jsonl", [*log, {**event, "event_id": "b", "account_id": "b"}])]
    )
    assert len(usage.time) == MOST_TEXTS + 21
    assert np.bincount(usage.account[usage.embedded]).tolist() == [MOST_TEXTS, 1]


def test_events_without_text_have_no_embedding(tmp_path: Path) -> None:
    """A log of metadata alone is usage without texts."""
    event = {"event_id": "1", "account_id": "a", "time": stamp(START)}
    usage = read_usage([write_log(tmp_path / "a.jsonl", [event])])
    assert len(usage.time) == 1
    assert len(usage.embedded) == len(usage.embedding) == 0


def test_a_log_without_events_is_refused(tmp_path: Path) -> None:
    """There is nothing to grade in a log of lifecycle records."""
    ban = {"kind": "ban", "account_id": "a", "time": stamp(START)}
    with pytest.raises(WorldError, match="no event"):
        read_usage([write_log(tmp_path / "a.jsonl", [ban])])


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(range(2_000)), st.floats(0, 9)), max_size=99))
def test_the_budget_is_kept(found: list[tuple[int, int, float]]) -> None:
    """At most the budget of accounts is ever above the cut, and a lower cut would exceed it."""
    accounts = 2_000
    running = Running(
        np.array([account for _, account, _ in found], dtype=np.int32),
        np.array([time for time, _, _ in found], dtype=np.int64),
        np.array([value for _, _, value in found], dtype=np.float64),
    )
    cut = budget_cut(running, accounts)
    allowed = int(BUDGET * accounts)
    assert np.isfinite(running.first_over(cut, accounts)).sum() <= allowed
    assert (running.peaks(accounts) >= cut).sum() > allowed
