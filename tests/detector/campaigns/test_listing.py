from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from detector.campaigns.campaign import PRE_CAMPAIGN, Indicator
from detector.cli.app import make_app
from detector.grouping import Grouping
from detector.report.campaigns import section
from detector.report.findings import Findings
from tests.support.campaigns import World, campaign, one_campaign

if TYPE_CHECKING:
    from pathlib import Path

SEEN = Indicator("technique_search", "60 of 60 answers were refusals, to about 58 wordings from 1 accounts")


def watched() -> World:
    """A campaign, a search for a technique and a pool."""
    search = campaign(
        "cmp_search", label="benign", status=PRE_CAMPAIGN, score=0.2, members=(3,), evidence=(),
        indicators=(SEEN,),
    )  # fmt: skip
    pool = campaign("cmp_pool", label="relay", status="listed", score=0.1, members=(4,), first_alert=0)
    return World(Grouping((campaign("cmp_one"), search, pool)))


def said(*arguments: str) -> str:
    """What a command prints of the findings in a folder."""
    result = CliRunner().invoke(make_app(), [*arguments])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.replace("│", " ").split())


def test_a_search_is_listed_before_there_is_a_campaign(tmp_path: Path) -> None:
    """Beside campaigns and pools, as what it is; it is not counted among benign groups."""
    folder = watched().write(tmp_path)
    told = said("campaigns", str(folder))
    assert "pre-campaign 0.2000" in told
    assert "relay 0.1000" in told
    assert "not shown" not in told
    benign = json.loads(said("campaigns", str(folder), "--label", "benign", "--json"))
    assert [(one["campaign_id"], one["status"]) for one in benign] == [("cmp_search", PRE_CAMPAIGN)]
    assert json.loads(said("campaigns", str(folder), "--label", "relay", "--json"))[0]["accounts"] == 1


def test_a_search_is_explained_and_in_the_report(tmp_path: Path) -> None:
    """With what was seen, which is none of the advisory's behaviours."""
    folder = watched().write(tmp_path)
    told = said("explain", "cmp_search", "--from", str(folder))
    assert "pre-campaign" in told
    assert "60 of 60 answers were refusals" in told
    assert "CISA" not in told
    cards = section(Findings.read(folder))["cards"]
    assert [card.campaign.campaign_id for card in cards] == ["cmp_one", "cmp_search", "cmp_pool"]


def test_a_move_to_a_new_model_is_explained(tmp_path: Path) -> None:
    """Beside the advisory's behaviours, which are named as such."""
    seen = (Indicator("around_the_clock", "always"), Indicator("model_pivot", "61% went to new-2"))
    folder = one_campaign(indicators=seen).write(tmp_path)
    told = said("explain", "cmp_one", "--from", str(folder))
    assert "CISA AA26-251A, around the clock: always" in told
    assert "model pivot: 61% went to new-2" in told
    assert "CISA AA26-251A, model" not in told
