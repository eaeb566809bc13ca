from __future__ import annotations

from pathlib import Path

import pytest
import typer

from detector.training import held_out_plan, main, plans, taught
from streaming.simulator.corpus_sources import SOURCES

CORPORA = Path("corpora")
"""Plans name the folder; nothing is read from it."""


def test_the_held_out_world_is_no_training_world() -> None:
    """It has a name and a seed of its own, and campaigns of every family that is taught."""
    name, held_out = held_out_plan(CORPORA)
    known = dict(plans(CORPORA))
    assert name not in known
    assert held_out.seed not in {plan.seed for plan in known.values()}
    families = {campaign.family for plan in known.values() for campaign in plan.campaigns}
    assert {campaign.family for campaign in held_out.campaigns} == families


def test_the_held_out_world_takes_what_taught_least() -> None:
    """Every kind of prompts keeps a source, and none that it keeps taught more than one that it lacks."""
    used, skip = taught(CORPORA), held_out_plan(CORPORA)[1].skip
    for kind in {source.kind for source in SOURCES}:
        names = [source.name for source in SOURCES if source.kind == kind]
        kept = [used[name] for name in names if name not in skip]
        assert kept
        assert max(kept) == min(used[name] for name in names)


def test_taught_counts_what_worlds_leave_out() -> None:
    """A source counts once for each training world that draws from it."""
    worlds = [plan for _, plan in plans(CORPORA)]
    for source in SOURCES:
        used = sum(not {source.origin, source.name} & plan.skip for plan in worlds)
        assert taught(CORPORA)[source.name] == used


def test_an_unknown_world_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is no world ends with the names that are, and leaves nothing behind."""
    with pytest.raises(typer.Exit):
        main(tmp_path, tmp_path / "out", ["simulated-7"])
    assert "simulated-901" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
