from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.grouping import Grouping
from tests.support.campaigns import World, one_campaign

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from detector.cli.compose import Setup


def explain(folder: Path, *arguments: str) -> Result:
    """Run `stillwatch explain` on findings, on a wide terminal."""
    return CliRunner(env={"COLUMNS": "160"}).invoke(
        make_app(), ["explain", *arguments, "--from", str(folder)]
    )


def told(folder: Path, subject: str) -> dict[str, Any]:
    """What `stillwatch explain --json` says."""
    result = explain(folder, subject, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


@pytest.fixture
def folder(shipped: Setup, tmp_path: Path) -> Path:
    """Findings with one campaign that has a history."""
    world = one_campaign(migrated_from=("old",), merged=("cmp_two",), split_from="cmp_zero")
    return replace(world, model=shipped.artefact.model_id).write(tmp_path)


def test_a_campaign_is_explained_from_all_sides(folder: Path) -> None:
    """Verdict, advice, history, evidence with its rarity, members, and its alert."""
    result = explain(folder, "cmp_one")
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.replace("│", " ").split())
    for word in (
        "cmp_one: distillation, first alert 2026-03-01 00:00 UTC, open",
        "3 members; 75 requests in common, 95 in all",
        "advised: review the members",
        "CISA AA26-251A, around the clock: active in 168 of 168 hours",
        "went silent or were banned: old",
        "also known as cmp_two",
        "once part of cmp_zero",
        "first words 4be1c0ff all 3 members 1 other (50 %) 75",
        "ann 0.9000 40 2 of 2",
        "bob 0.7000 25 1 of 2",
        "shared_head +3.50",
    ):
        assert word in said


def test_the_json_of_a_campaign_names_every_member_and_object(folder: Path) -> None:
    """A program gets all of it, the busiest member first."""
    found = told(folder, "cmp_one")
    assert [member["account"] for member in found["members"]] == ["ann", "cid", "bob"]
    assert [shared["object"] for shared in found["evidence"]] == ["head:4be1c0ffee", "payment:90aa77"]
    assert (found["merged"], found["split_from"], found["migrated_from"]) == (
        ["cmp_two"],
        "cmp_zero",
        ["old"],
    )
    assert found["indicators"] == [{"code": "around_the_clock", "detail": "active in 168 of 168 hours"}]
    assert [revision["kind"] for revision in found["revisions"]] == ["campaign"]


def test_an_account_is_told_its_campaign_and_through_what(folder: Path) -> None:
    """Only what the account itself shows links it, and the alert that covers it is its campaign's."""
    assert told(folder, "ann")["campaign"]["objects"] == ["head:4be1c0ffee", "payment:90aa77"]
    assert told(folder, "bob")["campaign"]["objects"] == ["head:4be1c0ffee"]
    assert told(folder, "eve")["campaign"] is None
    said = explain(folder, "bob").output
    assert "in campaign cmp_one: distillation, score 0.9700, 3 members" in said
    assert "first alert 2026-03-01 00:00 UTC, its campaign's" in said
    assert "payment method" not in said
    assert "never alerted" in explain(folder, "eve").output


def test_without_links_an_account_is_told_what_links_its_campaign(shipped: Setup, tmp_path: Path) -> None:
    """Where nobody kept who shows what, all of the evidence is named."""
    world = one_campaign()
    bare = World(Grouping(world.grouping.campaigns), model=shipped.artefact.model_id)
    assert len(told(bare.write(tmp_path), "bob")["campaign"]["objects"]) == 2


def test_a_campaign_that_merged_is_found_under_its_old_id(folder: Path) -> None:
    """An alert that was read yesterday leads to the campaign of today, which says so."""
    said = " ".join(explain(folder, "cmp_two").output.split())
    assert "cmp_two turned out to be part of cmp_one, which is shown here" in said
    assert "cmp_one: distillation, first alert" in said
    assert "turned out to be part of" not in explain(folder, "cmp_one").output
    assert told(folder, "cmp_two") == told(folder, "cmp_one")
    assert "cmp_two" in explain(folder, "cmp_twoo").stderr


def test_a_misspelt_campaign_is_told_with_similar_ones(folder: Path) -> None:
    """A slip of the pen gets a hint, not a traceback."""
    result = explain(folder, "cmp_onn")
    assert result.exit_code == 2
    assert "did you mean cmp_one" in result.stderr


def test_a_campaign_needs_no_model_to_be_explained(shipped: Setup, tmp_path: Path) -> None:
    """Its evidence is in the findings, whichever model made them."""
    assert shipped.artefact.model_id != "sw-hand"
    assert told(one_campaign().write(tmp_path), "cmp_one")["model_id"] == "sw-hand"
