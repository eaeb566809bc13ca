"""Detection on a labelled world: the shipped model beside three plain baselines, graded alike."""

from __future__ import annotations

import importlib.util
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from rich.console import Console

from benchmarks.baselines import hourly, isolation, volume
from benchmarks.baselines.aggregates import read_usage
from detector.cli.compose import set_up
from detector.cli.replay import replay_to
from models.rates import wilson

if TYPE_CHECKING:
    from types import ModuleType

BASELINES: Final = (
    ("request volume", volume.predict),
    ("500 calls an hour", hourly.predict),
    ("IsolationForest", isolation.predict),
)
OURS: Final = "Stillwatch"


def measure(data: Path) -> dict[str, Any]:
    """Figures of every detector, and the false positives of each honest archetype for ours."""
    grader, world = load_grader(data / "grade.py"), data / "practice" / "dev"
    log = world / "events.jsonl.zst"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"  {OURS}", flush=True)
        setup = set_up()
        replay_to([str(log)], folder / OURS, setup, Console(file=io.StringIO()))
        usage = read_usage(log)
        for baseline, predict in BASELINES:
            print(f"  {baseline}", flush=True)
            predict(usage).save(folder / baseline)
        names = (OURS, *(baseline for baseline, _ in BASELINES))
        graded = {name: grader.grade(world, folder / name) for name in names}
        archetypes = false_positives(world, folder / OURS)
    return {
        "model": setup.artefact.model_id,
        "detectors": {name: figures(found) for name, found in graded.items()},
        "families": by_family(graded[OURS]),
        "archetypes": archetypes,
    }


def load_grader(path: Path) -> ModuleType:
    """The grading module of the data folder."""
    spec = importlib.util.spec_from_file_location("grade", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path}: cannot be loaded; give the folder that holds grade.py with --data")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(found: dict[str, Any]) -> dict[str, Any]:
    """What the table shows of one detector."""
    alerts, leakage = found["alerts"], found["leakage"]
    return {
        "tpr": found["tpr_at_1e-3"],
        "tpr_interval": found["ci95"].get("tpr_at_1e-3"),
        "precision": alerts["precision"],
        "recall": alerts["recall"],
        "fpr": alerts["fpr"],
        "leaked": leakage["mean_leak_fraction"],
    }


def by_family(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """True-positive rate at the cut, share alerted and share leaked, by family of attack."""
    return {
        family: {
            "tpr": tpr,
            "alerted": float(found["alerts"]["recall_by_family"][family]),
            "leaked": float(found["leakage"]["leak_by_family"][family]),
        }
        for family, tpr in found["tpr_at_1e-3_by_family"].items()
    }


def false_positives(world: Path, findings: Path) -> dict[str, dict[str, float]]:
    """Alerted accounts of each honest archetype, n, and the 95 % interval of the share (Wilson 1927)."""
    truth = pd.read_parquet(world / "truth_accounts.parquet")
    said = pd.read_parquet(findings / "accounts.parquet", columns=["account_id", "first_alert_time", "label"])
    honest = truth[truth["label"] == "benign"].merge(
        said, on="account_id", how="left", suffixes=("", "_said")
    )
    honest["alert"] = honest["first_alert_time"].notna() & (honest["label_said"] == "distillation")
    found = {}
    for archetype, alerts in honest.groupby("archetype")["alert"]:
        low, high = wilson(int(alerts.sum()), len(alerts))
        found[str(archetype)] = {"n": len(alerts), "alerted": int(alerts.sum()), "low": low, "high": high}
    return found
