from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from detector.campaigns.campaign import Indicator
from detector.grouping import Grouping
from detector.report.page import write_report
from tests.support.campaigns import RAISED, World, alert, campaign, one_campaign, shared

if TYPE_CHECKING:
    from pathlib import Path

    from detector.cli.compose import Setup

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


@pytest.fixture
def page_of(shipped: Setup, tmp_path: Path) -> Any:
    """Writes the report of hand-made findings and gives its text."""

    def page(world: World) -> str:
        found = replace(world, model=shipped.artefact.model_id).read(tmp_path / "findings")
        write_report(tmp_path / "report.html", found, shipped.artefact, [(RAISED, 5)], 0.5)
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return page


def words(page: str) -> str:
    """The text of a page on one line."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).split())


def test_a_campaign_is_shown_with_all_that_is_known(page_of: Any) -> None:
    """Who, since when, linked by what and how rare, where from, and what to do."""
    said = words(
        page_of(one_campaign(migrated_from=("old-1", "old-2"), merged=("cmp_two",), split_from="cmp_zero"))
    )
    for told in (
        "cmp_one 0.9700 distillation, 3 accounts, 75 requests in common, open since 2026-03-01 00:00 UTC",
        "Advised: review the members, then ask for a purpose of use",
        "first words 4be1c0ff all 3 members 1 other (50 %) 75 3.50",
        "payment method 90aa77 2 of 3 members nobody else",
        "CISA AA26-251A, around the clock : active in 168 of 168 hours",
        "Took up the work of 2 accounts that went silent or were banned: old-1 , old-2 .",
        "Also known as cmp_two , which turned out to be the same.",
        "Once part of cmp_zero .",
        "ann 0.9000 40 2 of 2",
        "The members made 95 requests in all.",
        "AML.T0024.002",
    ):
        assert told in said


def test_what_is_no_advice_of_cisa_is_not_called_so(page_of: Any) -> None:
    """Of a campaign's behaviours those of the advisory are marked; a move to a new model is a reaction."""
    seen = (Indicator("no_ramp", "3 of 3"), Indicator("model_pivot", "to a new one"))
    said = words(page_of(one_campaign(indicators=seen)))
    assert "CISA AA26-251A, no ramp : 3 of 3 model pivot : to a new one" in said


def test_pools_and_searches_are_counted_apart_from_campaigns(page_of: Any) -> None:
    """Only what was alerted as distillation is a campaign; the rest is shown, and alerts nobody."""
    groups = (
        campaign("cmp_a", members=(0, 1)),
        campaign("cmp_b", members=(2,), label="relay", status="listed", first_alert=0),
        campaign("cmp_c", members=(3,), label="benign", status="pre-campaign"),
    )
    said = words(page_of(World(Grouping(groups))))
    assert "1 campaigns 2 pools and searches" in said
    assert "pools and searches" not in words(page_of(one_campaign()))


def test_a_graph_has_a_title_and_a_description(page_of: Any) -> None:
    """What the picture shows is there for those who cannot see it."""
    page = page_of(one_campaign())
    (drawn,) = re.findall(r'<svg class="graph".*?</svg>', page, flags=re.DOTALL)
    graph = ET.fromstring(drawn)  # noqa: S314 - our own
    told = {node.get("id"): node.text or "" for node in graph if node.tag in {"title", "desc"}}
    assert list(told) == graph.attrib["aria-labelledby"].split()
    assert "first words 4be1c0ff: shown by all 3 members and 1 other" in list(told.values())[1]
    assert [len(list(graph.iter(tag))) for tag in ("circle", "path")] == [2, 3]


def test_names_in_a_campaign_are_text_and_never_markup(page_of: Any) -> None:
    """Ids of accounts and words of the engine are shown as they are."""
    one = campaign(
        action=HOSTILE,
        migrated_from=(HOSTILE,),
        merged=(HOSTILE,),
        split_from=HOSTILE,
        indicators=(Indicator(HOSTILE, HOSTILE),),
        evidence=(shared(HOSTILE, HOSTILE), shared("head", HOSTILE)),
    )
    names = tuple(HOSTILE + str(at) for at in range(5))
    page = page_of(World(Grouping((one,)), names, alerts=(alert(one),)))
    assert "<script" not in page
    assert "49" not in words(page)
    assert page.count("&lt;script&gt;") >= 8


def test_the_page_with_campaigns_needs_nothing_from_outside(page_of: Any) -> None:
    """Graphs are drawn in the page: no script, no address."""
    page = page_of(one_campaign())
    assert not re.findall(r"<script|<img|<link|(?:href|src)=|https?:|url\(", page)


def test_without_campaigns_the_page_says_what_that_means(page_of: Any) -> None:
    """Finding no group is no proof."""
    said = words(page_of(World(Grouping())))
    assert "Campaigns None: no accounts share enough that is rare. That is no proof." in said


def test_benign_groups_are_counted_and_not_shown(page_of: Any) -> None:
    """A class or a company is nobody's alert."""
    page = page_of(World(Grouping((campaign(label="benign"),))))
    assert "1 more group of linked accounts was looked at and found benign" in words(page)
    assert 'class="graph"' not in page


def test_the_first_campaigns_are_drawn_and_more_are_listed(page_of: Any) -> None:
    """The most probable come first; a page of many campaigns stays a page."""
    many = [campaign(f"cmp_{at:02}", score=at / 100, members=(at % 5,), first_alert=0) for at in range(60)]
    page = page_of(World(Grouping(tuple(many))))
    assert page.count('class="graph"') == 6
    shown = re.findall(r"<code>(cmp_\d\d)</code>", page)
    assert shown == [f"cmp_{at:02}" for at in range(59, 9, -1)]
    assert "And 10 more, less probable" in words(page)


def test_a_campaigns_alert_is_no_alert_of_an_account(page_of: Any) -> None:
    """The alert is marked on the timeline and counted among campaigns, not accounts."""
    page = page_of(one_campaign())
    assert "alert of a campaign: cmp_one" in page
    assert "0 open alerts on accounts" in words(page)
