from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.truth import TRUTH
from streaming.simulator.family import Effort
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

FAMILIES = ("fixed_cot", "self_instruct")


def small(seed: int, folder: Path) -> Path:
    """A world with a few campaigns of two families, and pools."""
    effort = Effort(accounts=5, exchanges=150)
    campaigns = tuple(Campaign(family, effort) for family in FAMILIES for _ in range(3))
    simulate(WorldPlan(seed, 150, 2, campaigns, pools=4, events=3_000), folder)
    return folder


def run(*arguments: object) -> Result:
    """The command."""
    return CliRunner().invoke(make_app(["train"]), ["train", *map(str, arguments)])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world to learn from."""
    return small(1, tmp_path_factory.mktemp("worlds") / "learnt")


def test_a_challenger_is_trained_from_labels(world: Path, tmp_path: Path) -> None:
    """Labels in a table about a log without truth: a model, a card and a decision come out."""
    truth = pd.read_parquet(world / TRUTH)
    truth.loc[::2, ["account_id", "label"]].assign(author="ana").to_csv(tmp_path / "said.csv", index=False)
    log = next(world.glob("events*"))
    done = run("--world", world, "--traffic", log, "--labels", tmp_path / "said.csv",
               "--out", tmp_path / "new", "--hold-out", "thesis", "--quick", "--json")  # fmt: skip
    assert done.exit_code in {0, 1}, done.output
    told = json.loads((tmp_path / "new" / "gate.json").read_text())
    assert told["gate"]["passed"] == (done.exit_code == 0)
    assert told["labels"]["labels"].keys() == {"benign", "distillation", "relay"}
    assert told["lineage"]["champion"].startswith("sw-")
    assert (tmp_path / "new" / "challenger" / "account" / "manifest.json").exists()
    assert (tmp_path / "new" / "card.html").exists()


def test_a_world_is_needed(tmp_path: Path) -> None:
    """Without honest use nothing can be told from it."""
    done = run("--out", tmp_path)
    assert done.exit_code == 2
    assert "--world: missing" in done.output


def test_labels_need_their_traffic(world: Path, tmp_path: Path) -> None:
    """A label without a log teaches nothing, and that is no silence."""
    (tmp_path / "said.csv").write_text("account_id,label\nx,benign\n")
    done = run("--out", tmp_path, "--world", world, "--labels", tmp_path / "said.csv")
    assert done.exit_code == 2
    assert "--traffic: missing" in done.output


def test_a_broken_table_ends_with_its_line(world: Path, tmp_path: Path) -> None:
    """Nothing is replayed before labels are read."""
    (tmp_path / "said.csv").write_text("account_id,label\nx,evil\n")
    done = run("--out", tmp_path / "new", "--world", world, "--labels", tmp_path / "said.csv")
    assert done.exit_code == 2
    assert "line 2: label is none of" in done.output
    assert not (tmp_path / "new" / "stages").exists()
