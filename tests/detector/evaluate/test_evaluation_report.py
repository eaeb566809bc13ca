from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.evaluate.grading import grade
from detector.evaluate.rates import Estimate, Rate
from detector.evaluate.report.drawing import Axis
from detector.evaluate.report.page import (
    HTML,
    MARKDOWN,
    as_html,
    as_markdown,
    in_brief,
    read_evaluation,
    write_evaluation,
)
from detector.evaluate.report.plots import evasion, leaks, reliability, roc, shares
from detector.evaluate.report.sections import sections
from detector.evaluate.results import (
    FILE,
    OURS,
    AdaptiveResult,
    AdaptiveStep,
    Curve,
    CurvePoint,
    Evaluation,
    LeftOut,
    Level,
    MissingField,
    Summary,
    WorldResult,
)
from tests.support.graded import Account, said_of, truth_of

if TYPE_CHECKING:
    from pathlib import Path

    from detector.evaluate.report.drawing import Drawing

HOSTILE = "<script>alert(1)</script>|`{{7*7}}"


def world(name: str = "hand", *, kind: str = "loud", synthetic: bool = True) -> WorldResult:
    """A world of four honest accounts, a relay and a campaign of two, with two detectors."""
    honest = [Account(f"h{at}", at / 10) for at in range(4)]
    relay = Account("r", 0.1, label="relay", kind="relay", said="relay")
    attack = [
        Account(f"a{at}", 0.9, label="distillation", kind=kind, campaign=kind, exchanges=(10, 20, 30))
        for at in range(2)
    ]
    alerted = [replace(attack[0], alert=15, said="distillation"), attack[1]]
    truth = truth_of([*honest, relay, *attack], name, synthetic=synthetic)
    said = {OURS: said_of([*honest, relay, *alerted]), "rule": said_of([*honest, relay, *attack])}
    detectors = {detector: grade(truth, verdicts) for detector, verdicts in said.items()}
    return WorldResult(name, synthetic, len(truth.accounts), 42, detectors)


def evaluated(*worlds: WorldResult) -> Evaluation:
    """An evaluation without experiments."""
    return Evaluation("2026-03-01 00:00 UTC", "sw-1", "shipped", worlds)


def everything() -> Evaluation:
    """An evaluation with every experiment."""
    rate = Rate.of(1, 20)
    figures = Summary(Estimate(0.5, 0.4, 0.6, 20), rate, rate, rate)
    return msgspec.structs.replace(
        evaluated(world()),
        trained_on=("t",),
        replayed="hand",
        leave_one_out=(
            LeftOut("family", "loud", rate, rate, rate, rate),
            LeftOut("archetype", "chat", rate, rate, rate, rate),
        ),
        privacy=(Level("content", figures), Level("metadata", figures)),
        missing=(MissingField("network", ("client_ip",), figures),),
        evasion=(Curve("loud", "accounts", "accounts", (CurvePoint(2, rate, rate, 1.0),)),),
        adaptive=AdaptiveResult("loud", "ten accounts", (AdaptiveStep(3, rate, 1.5, "slower"),)),
    )


class Page(HTMLParser):
    """Collects tags, attributes and captions of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.captions: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        """Note what a caption says."""
        if self.tags and self.tags[-1] in {"caption", "figcaption"} and data.strip():
            self.captions.append(data)


def test_every_caption_says_that_a_world_is_synthetic() -> None:
    """No table and no plot can be shown around without it."""
    page = Page(as_html(everything()))
    assert len(page.captions) >= page.tags.count("table") + page.tags.count("figure")
    assert all(caption.startswith("Synthetic.") for caption in page.captions if caption.strip(".\n "))


def test_a_world_that_was_observed_is_not_called_synthetic() -> None:
    """The word follows the world."""
    assert "ynthetic" not in as_html(evaluated(world(synthetic=False)))


def test_sections_appear_when_they_are_filled() -> None:
    """Experiments, baselines and classes that were not there have no section."""
    titles = {section.title for section in sections(everything())}
    filled = {
        "Never seen before",
        "Without the text",
        "Missing fields",
        "What evasion costs",
        "An attacker who searches",
    }
    assert filled <= titles
    alone = world()
    alone = msgspec.structs.replace(alone, detectors={OURS: alone.detectors[OURS]})
    bare = {section.title for section in sections(evaluated(alone))}
    assert not bare & {*filled, "Beside other detectors"}
    assert {"What was measured", "What is missed: hand", "What is caught", "Relays"} <= bare


def test_what_is_missed_comes_before_what_is_caught() -> None:
    """A reader learns first what got through."""
    titles = [section.title for section in sections(evaluated(world()))]
    assert titles.index("What is missed: hand") < titles.index("What is caught")


def test_what_cannot_be_claimed_is_said() -> None:
    """Four honest accounts support no claim, and one campaign says nothing of the next."""
    text = as_markdown(evaluated(world()))
    assert "no claim: too few honest accounts" in text
    assert "no claim: n too small" in text
    assert "says anything of the next one: loud" in " ".join(text.split())


def test_a_world_that_was_trained_on_is_marked() -> None:
    """Figures on it flatter, and the report says so."""
    seen = msgspec.structs.replace(world(), seen_in_training=True)
    assert "Seen in training: hand" in as_markdown(evaluated(seen))
    assert "Seen in training" not in as_markdown(evaluated(world()))


def test_names_of_a_world_are_text_and_never_markup() -> None:
    """A family or world may be called anything: no tag, no template, no broken table."""
    found = evaluated(world(HOSTILE, kind=HOSTILE))
    page = Page(as_html(found))
    assert "script" not in page.tags
    assert "49" not in as_html(found).split("alert(1)")[1][:20]
    tables = [line for line in as_markdown(found).splitlines() if line.startswith("| <script>")]
    assert tables
    assert all("alert(1)</script>/" in line for line in tables)


def test_the_page_needs_nothing_from_outside() -> None:
    """One file: no script, no picture, no address."""
    page = Page(as_html(everything()))
    assert not set(page.tags) & {"script", "img", "link", "iframe", "object", "form"}
    assert not page.attributes & {"src", "href", "onload", "onclick"}


def test_the_files_are_written_and_read_back(tmp_path: Path) -> None:
    """evaluation.json holds everything, absent figures included."""
    found = everything()
    write_evaluation(tmp_path, found)
    assert read_evaluation(tmp_path / FILE) == found
    assert {path.name for path in tmp_path.iterdir()} == {FILE, HTML, MARKDOWN}
    honest = [Account(f"h{at}") for at in range(3)]
    alone = WorldResult("w", True, 3, 3, {OURS: grade(truth_of(honest), said_of(honest))})  # noqa: FBT003 - synthetic
    write_evaluation(tmp_path, evaluated(alone))
    assert read_evaluation(tmp_path / FILE) == evaluated(alone)


def test_the_short_page_holds_less_and_says_how_it_was_made() -> None:
    """The page for the documentation keeps what is caught and missed, and leaves out calibration."""
    brief, whole = in_brief(everything()), as_markdown(everything())
    assert len(brief) < len(whole)
    assert "stillwatch evaluate --write-docs" in brief
    assert "What is missed" in brief
    assert "Calibration" not in brief


@given(
    st.floats(1e-6, 1.0), st.floats(1.0, 1e6), st.floats(-10, 1e7), st.sets(st.sampled_from(("log", "up")))
)
def test_an_axis_keeps_its_ends(low: float, span: float, value: float, kind: set[str]) -> None:
    """Any value has a place within the axis, and its ends are where they should be."""
    axis = Axis(low, low + span, 100.0, log="log" in kind, upward="up" in kind)
    assert 0 <= axis.at(value) <= 100
    assert axis.at(low) == pytest.approx(100 if "up" in kind else 0)
    assert axis.at(low + span) == pytest.approx(0 if "up" in kind else 100)
    assert all(-1e-6 <= tick.at <= 100 + 1e-6 for tick in axis.ticks())


def test_plots_show_every_figure_once() -> None:
    """A dot for each family, campaign, bin and point, all of them within the drawing."""
    grades = world().detectors[OURS]
    at, points = grades.at[0], everything().evasion[0].points
    drawn = {
        roc({OURS: grades.roc}): len(grades.roc),
        shares("TPR", "share", at.families): len(at.families),
        leaks(grades.leakage.campaigns): len(grades.leakage.campaigns),
        reliability(grades.calibration.bins): len(grades.calibration.bins),
        evasion("accounts", points): 2 * len(points),
    }
    for drawing, dots in drawn.items():
        assert len(drawing.dots) == dots
        assert within(drawing)


def within(drawing: Drawing) -> bool:
    """Whether all dots are in the drawing."""
    return all(0 <= dot.x <= drawing.width and 0 <= dot.y <= drawing.height for dot in drawing.dots)
