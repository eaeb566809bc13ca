from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tools.sizing import PAGE, PICTURE, RESULTS, picture, render
from tools.sizing_figures import BUSY, DAY, PEAK, SIZES, Cost, Replayed, SparkCost, most, size

ROOT = Path(__file__).resolve().parents[3]
SPARK = SparkCost(Cost(3.0, 6e-5, 0.0, 0.1), Cost(10.0, 3e-5, 1e-4, 0.1), Cost(1e5, 30.0, 400.0, 0.1))


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """As they were measured."""
    found: dict[str, Any] = json.loads((ROOT / RESULTS).read_text(encoding="utf-8"))["spark_cost"]
    return found


def test_the_page_is_that_of_the_measurements(results: dict[str, Any]) -> None:
    """docs/sizing.md and its picture are what `python -m tools.sizing` writes now."""
    assert (ROOT / PAGE).read_text(encoding="utf-8") == render(results)
    assert (ROOT / PICTURE).read_text(encoding="utf-8") == picture(results)
    ET.fromstring(picture(results))  # noqa: S314 - our own picture


def test_more_requests_never_take_less() -> None:
    """Each figure grows with the requests of a day."""
    sizes = [size(requests, Replayed(), SPARK) for requests in SIZES]
    for less, more in pairwise(sizes):
        assert less.installations <= more.installations
        assert less.workers <= more.workers
        assert (less.cores, less.memory, less.frames) < (more.cores, more.memory, more.frames)
        assert (less.link_hours, less.link_shuffled) < (more.link_hours, more.link_shuffled)


def test_a_core_is_planned_for_the_busiest_hours() -> None:
    """What a leader takes at most keeps its core as busy as planned when requests are at their peak."""
    replayed = Replayed()
    at_peak = most(replayed.leading) / DAY * PEAK * replayed.leading
    assert at_peak == pytest.approx(BUSY)
    assert size(int(most(replayed.leading)), replayed, SPARK).installations == 1
    assert size(int(most(replayed.leading)) + 2, replayed, SPARK).installations == 2


def test_the_parts_of_a_replay_are_its_whole() -> None:
    """Workers and the leader together do what one process does, but for settling at the end."""
    replayed = Replayed()
    parts = replayed.working + replayed.leading + replayed.settling / replayed.events
    assert parts == pytest.approx(replayed.event)
