"""How long a training takes, and how much memory, by rows of accounts.

`python benchmarks/retraining_size.py --work DIR [--rows 1000000] [--world FOLDER]`. The rows are copies of
those of one world (simulated, unless a labelled one is named), each value moved by about a hundredth: as many
populations and parts for an account as there, and nothing new to learn. Made rows stay in the working folder.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import typer

from detector.defaults import DEFAULT_MODEL
from detector.retrain.labelled import Labelled, join_labelled
from detector.retrain.labels import Label
from detector.retrain.stages import cached_rows, load_rows, save_rows
from detector.retrain.training import Inputs, TrainSettings, train
from detector.retrain.world import read_labelled
from features.text.purposes import PurposeWeights
from models.artefact import load
from models.scorer import DISTILLATION, LABELS
from streaming.simulator.family import Effort, all_families
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOVED: Final = 0.01
_WORLD: Final = 0.1
"""Share of the rows whose truth is known; the rest is traffic."""
_LABELS: Final = 4_000
_SMALL: Final = 100_000
"""Rows where a training is one benchmark of many."""
_ANALYSTS: Final = ("ana", "bo", "chen", "dara")
_START: Final = datetime(2026, 3, 2, tzinfo=UTC)
_STATUS: Final = Path("/proc/self/status")
_RESET: Final = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Phase:
    """What one phase of a training cost."""

    name: str
    wall: float
    cpu: float
    peak_gb: float
    """largest resident set within it"""


class Phases:
    """Costs of the phases that are named one after the other."""

    def __init__(self) -> None:
        self.found: list[Phase] = []
        self._open: tuple[str, float, float] | None = None

    def begin(self, name: str) -> None:
        """The phase before is over."""
        self.end()
        # Linux: the peak starts anew.
        _RESET.write_text("5", encoding="ascii")
        self._open = name, time.monotonic(), _cpu()

    def end(self) -> None:
        """The last one is over, too."""
        if self._open is None:
            return
        name, wall, cpu = self._open
        self.found.append(Phase(name, time.monotonic() - wall, _cpu() - cpu, _peak_gb()))
        print(f"  {self.found[-1]}", file=sys.stderr, flush=True)
        self._open = None


def _cpu() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_gb() -> float:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e6


def base_rows(work: Path, world: Path | None) -> Labelled:
    """Rows of a world that is named, or of one that is simulated."""
    weights = PurposeWeights.load(DEFAULT_MODEL / "text")

    def make() -> Labelled:
        with TemporaryDirectory() as folder:
            if world is None:
                plan = WorldPlan(7, 3_000, 10, _campaigns(), pools=2, events=200_000, start=_START)
                simulate(plan, Path(folder))
            return read_labelled(world or Path(folder), weights)

    return cached_rows(work / f"base-{world.name if world else 'simulated'}.npz", make)


def _campaigns() -> tuple[Campaign, ...]:
    effort = Effort(accounts=10, exchanges=1_500, days=8)
    return tuple(Campaign(family, effort) for family in all_families() for _ in range(2))


def many(base: Labelled, rows: int, rng: np.random.Generator) -> Labelled:
    """So many rows of accounts, or a few less: copies of `base`, each moved a little."""
    return join_labelled([_moved(base, at, rng) for at in range(max(rows // len(base.ends), 1))])


def _moved(base: Labelled, copy: int, rng: np.random.Generator) -> Labelled:
    accounts, populations = base.examples.accounts, base.examples.populations
    examples = replace(
        base.examples,
        accounts=replace(accounts, vectors=_noisy(accounts.vectors, rng)),
        populations=replace(populations, vectors=_noisy(populations.vectors, rng)),
    )
    return replace(base, examples=examples, names=np.char.add(base.names, f"-{copy}"))


def _noisy(vectors: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    noise = rng.standard_normal(vectors.shape, dtype=np.float32)
    moved: NDArray[Any] = (vectors * (1 + _MOVED * noise)).astype(vectors.dtype)
    return moved


def labels_for(traffic: Labelled, rng: np.random.Generator) -> list[Label]:
    """The truth of some accounts, half of them attacks, by four analysts."""
    rows = traffic.examples.accounts
    truth = np.zeros(len(traffic.names), dtype=np.int64)
    truth[rows.accounts] = rows.labels
    attack, rest = np.flatnonzero(truth == DISTILLATION), np.flatnonzero(truth != DISTILLATION)
    few = min(_LABELS // 2, len(attack), len(rest))
    chosen = np.concatenate([rng.choice(attack, few, replace=False), rng.choice(rest, few, replace=False)])
    end = int(traffic.ends.max())
    return [
        Label(str(traffic.names[at]), LABELS[truth[at]], 0.9, "verdict", _ANALYSTS[number % 4], end, 0)
        for number, at in enumerate(chosen.tolist())
    ]


def measured(work: Path, rows: int) -> dict[str, Any]:
    """A training from rows that were made, by phase."""
    phases = Phases()
    phases.begin("read")
    world, traffic = (load_rows(work / f"{name}-{rows}.npz") for name in ("world", "traffic"))
    base = load_rows(next(work.glob("base-*.npz")))
    labels = labels_for(traffic, np.random.default_rng(1))
    shipped = load(DEFAULT_MODEL / "account", PurposeWeights.load(DEFAULT_MODEL / "text").version)
    counts = [(len(one.examples.accounts), len(one.examples.populations)) for one in (world, traffic)]
    inputs = Inputs([world], base, traffic, labels, canary=base)
    del world, traffic
    with TemporaryDirectory(dir=work) as out:
        outcome = train(inputs, shipped, TrainSettings(), Path(out), phases.begin)
    phases.end()
    return {
        "account rows": sum(accounts for accounts, _ in counts),
        "population rows": sum(populations for _, populations in counts),
        "labels": len(labels),
        "wall": sum(phase.wall for phase in phases.found),
        "cpu": sum(phase.cpu for phase in phases.found),
        "peak_gb": max(phase.peak_gb for phase in phases.found),
        "passed": outcome.gate.passed,
        "phases": [[one.name, one.wall, one.cpu, one.peak_gb] for one in phases.found],
    }


def make(work: Path, rows: int, world: Path | None) -> None:
    """Write rows to train on into `work`, unless they are there."""
    work.mkdir(parents=True, exist_ok=True)
    base, rng = base_rows(work, world), np.random.default_rng(0)
    for name, share in (("world", _WORLD), ("traffic", 1 - _WORLD)):
        if not (path := work / f"{name}-{rows}.npz").exists():
            save_rows(path, many(base, round(share * rows), rng))


def benchmark(_: Path, __: int) -> dict[str, Any]:
    """A training from few rows, on one core."""
    with TemporaryDirectory() as folder:
        make(Path(folder), _SMALL, None)
        return _in_own_process(Path(folder), _SMALL)


def _in_own_process(work: Path, rows: int) -> dict[str, Any]:
    script = Path(__file__).resolve()
    again = [sys.executable, str(script), "--work", str(work), "--rows", str(rows), "--measure"]
    done = subprocess.run(again, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(
    work: Annotated[Path, typer.Option(help="folder for made rows and results")],
    rows: Annotated[int, typer.Option(min=1, help="rows of accounts")] = 1_000_000,
    world: Annotated[Path | None, typer.Option(help="labelled world; default: one is simulated")] = None,
    *,
    measure: Annotated[bool, typer.Option(help="measure on rows made before")] = False,
) -> None:
    """Make rows if need be, train on them in a process of its own, and tell what that took."""
    if not measure:
        make(work, rows, world)
        # What made the rows must not count.
        print(json.dumps(_in_own_process(work, rows), indent=1))
        return
    found = measured(work, rows)
    (work / f"size-{rows}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found))


if __name__ == "__main__":
    typer.run(main)
