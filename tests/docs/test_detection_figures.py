from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from detector.evaluate.grading import grade
from detector.evaluate.results import OURS, Evaluation, WorldResult
from tests.support.graded import Account, said_of, truth_of
from tools.detection import END, PICTURE, START, block, filled, picture

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/detection.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def evaluation() -> Evaluation:
    """One world of a family whose name is markup, with a rule beside our detector."""
    honest = [Account(f"h{at}", at / 10) for at in range(4)]
    attack = Account("a", 0.9, label="distillation", kind="<b>", campaign="c", exchanges=(10, 20))
    accounts = [*honest, attack]
    grades = grade(truth_of(accounts, "hand"), said_of(accounts))
    world = WorldResult("hand", True, len(accounts), 6, {OURS: grades, "rule": grades})  # noqa: FBT003 - synthetic
    return Evaluation("2026-01-02 03:04 UTC", "sw-1", "shipped", (world,))


def test_the_readme_shows_what_was_measured(evaluation: Evaluation) -> None:
    """Model, world, other detectors and what is missed stand between the marks, and nothing else changes."""
    page = filled(f"before\n{START}\nold\n{END}\nafter\n", evaluation)
    assert page == f"before\n{START}\n{block(evaluation)}{END}\nafter\n"
    for told in ("sw-1", "| hand |", "| rule |", "What is missed: hand"):
        assert told in page


def test_the_picture_is_one_that_loads_nothing(evaluation: Evaluation) -> None:
    """It is well-formed, names stay text, and it refers to nothing outside."""
    drawn = picture(evaluation)
    words = "".join(ET.fromstring(drawn).itertext())  # noqa: S314 - our own
    assert "<b>" in words
    assert "synthetic" in words
    assert re.findall(r"(?:href|src|url)\W", drawn) == []


def test_the_readme_and_the_page_are_of_one_run() -> None:
    """Every figure of the README's first table is in docs/detection.md: run `make report`."""
    shown = README.partition(START)[2].partition(END)[0]
    rows = [line for line in shown.split("\n\n")[1].splitlines() if "---" not in line]
    assert len(rows) > 1
    assert [row for row in rows if row not in PAGE] == []
    (model,) = re.findall(r"Model `([^`]+)`", PAGE)
    assert f"Model `{model}`" in shown
    assert (ROOT / PICTURE).exists()
