from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.grouping import Grouping
from tests.support.campaigns import World, campaign, one_campaign

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def listed(world: World, folder: Path, *options: str) -> Result:
    """Run `stillwatch campaigns` on the findings of a world."""
    result = CliRunner().invoke(make_app(), ["campaigns", str(world.write(folder)), *options])
    assert result.exit_code == 0, result.output
    return result


def mixed() -> World:
    """Two sizes of two probabilities, a relay and a class."""
    return World(
        Grouping(
            (
                campaign("cmp_small", score=0.951),
                campaign("cmp_large", score=0.949, members=(0, 1, 2, 3)),
                campaign("cmp_likely", score=0.99, members=(0, 1)),
                campaign("cmp_relay", score=0.1, label="relay"),
                campaign("cmp_class", score=0.02, label="benign"),
            )
        )
    )


def test_a_campaign_is_a_row_with_what_a_person_needs(tmp_path: Path) -> None:
    """Id, label, score, members, requests, since, linked by what, and what to do."""
    result = listed(one_campaign(), tmp_path)
    told = " ".join(result.output.replace("│", " ").split())
    for word in ("cmp_one", "distillation 0.9700", "3", "75", "2026-03-01", "first", "review the"):
        assert word in told
    assert "next: stillwatch explain cmp_one --from" in told


def test_the_most_probable_come_first_and_of_these_the_largest(tmp_path: Path) -> None:
    """Probabilities that differ by less than a hundredth are the same."""
    told = json.loads(listed(mixed(), tmp_path, "--json").output)
    assert [one["campaign_id"] for one in told] == ["cmp_likely", "cmp_large", "cmp_small", "cmp_relay"]


def test_benign_groups_are_shown_when_asked_for(tmp_path: Path) -> None:
    """What is left out is counted, and the option that shows it is named."""
    assert "1 benign not shown: --label benign shows them" in listed(mixed(), tmp_path).output
    labels = ("--label", "benign", "--label", "relay")
    told = json.loads(listed(mixed(), tmp_path, *labels, "--json").output)
    assert {one["label"] for one in told} == {"benign", "relay"}


def test_no_campaign_is_told_with_what_would_link_accounts(tmp_path: Path) -> None:
    """An empty list says what it does not prove and which fields help."""
    told = listed(World(Grouping()), tmp_path).output
    assert "No campaigns" in told
    assert "payment_fingerprint" in told
    assert json.loads(listed(World(Grouping()), tmp_path, "--json").output) == []


def test_a_folder_without_findings_is_refused(tmp_path: Path) -> None:
    """The message says how to make some."""
    result = CliRunner().invoke(make_app(), ["campaigns", str(tmp_path)])
    assert result.exit_code == 2
    assert "stillwatch replay" in result.stderr


def test_words_of_a_campaign_do_not_steer_the_terminal(tmp_path: Path) -> None:
    """Control characters and markup are shown, not obeyed."""
    told = listed(one_campaign(action="\x1b[31m[bold]stop"), tmp_path).output
    assert "\x1b" not in told
    assert "[bold]stop" in told
