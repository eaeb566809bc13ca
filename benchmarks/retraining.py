"""Whether a month of verdicts teaches the model a family that it had never seen, and whether poison passes.

`python benchmarks/retraining.py --corpora DIR --work DIR [--docs docs/retraining.md]`. Worlds, their rows and
models stay in the working folder, and are found again.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import numpy as np
import typer

from detector.defaults import DEFAULT_MODEL
from detector.retrain.bootstrap import interval, resampled_cuts, resampled_tpr
from detector.retrain.checks import Compared
from detector.retrain.fitting import fit_challenger, open_model
from detector.retrain.gate import FPR, GateSettings, compare
from detector.retrain.judging import judge
from detector.retrain.labelled import Labelled, join_labelled
from detector.retrain.labels import Label
from detector.retrain.stages import cached_rows
from detector.retrain.training import Inputs, TrainSettings, train, without
from detector.retrain.world import read_labelled
from features.text.purposes import PurposeWeights
from models.artefact import load
from models.fit import FitSettings
from models.scorer import BENIGN, DISTILLATION, LABELS
from streaming.simulator.family import Effort, all_families
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate

if TYPE_CHECKING:
    from detector.retrain.judging import Judged
    from detector.retrain.outcome import Outcome
    from models.artefact import Artefact

FAMILY: Final = "logprob_stealing"
"""What the champion has never seen, and what is least like any other family."""
_NEW: Final = (Campaign(FAMILY, Effort(accounts=10, exchanges=1_500, days=20)),) * 6
_UNSEEN: Final = "agentic_synthesis"
"""A second one that the known worlds do not hold; its wordings are close to those of others."""
ANALYSTS: Final = ("ana", "bo", "chen", "dara")
MISTAKES: Final = 0.02
"""Share of verdicts that are wrong without anybody meaning it."""
REVIEWED: Final = 100
"""Accounts below the bar that are looked at: the highest ones, and as many drawn by lot."""
ODD: Final = 150
"""And so many that the anomaly score points at."""
POISON: Final = 0.05
_SCALES: Final = {"reference": 0.0015}
_HEAD: Final = (
    "verdicts", "gate", "new family at 0.1 % FPR, champion", "challenger", "difference, 95 % interval",
    "mean over families", "honest accounts alerted", "worse next month",
)  # fmt: skip
_BEGIN: Final = "<!-- Written by benchmarks/retraining.py --docs. -->"
_END: Final = "<!-- End of what is written. -->"
_MONTHS: Final = ("month-1", "month-2")
_KNOWN: Final = ("known-1", "known-2", "known-3")
_FIRST: Final = datetime(2026, 3, 2, tzinfo=UTC)
_SECOND: Final = datetime(2026, 4, 1, tzinfo=UTC)


def plans(corpora: Path | None, draw: int) -> dict[str, WorldPlan]:
    """Two months with the new family, and three worlds: two to learn from, one for the gate."""
    found = {
        name: WorldPlan(
            431 + 10 * draw + at,
            4_000,
            30,
            (*_each(FAMILY, 1), *_NEW),
            pools=3,
            events=300_000,
            corpora=corpora,
            start=start,
        )
        for at, (name, start) in enumerate(zip(_MONTHS, (_FIRST, _SECOND), strict=True))
    }
    for at, name in enumerate(_KNOWN):
        found[name] = WorldPlan(
            411 + at, 4_000, 10, _each(_UNSEEN, 2), pools=3, events=300_000, corpora=corpora, start=_FIRST
        )
    return found


def _each(but: str, campaigns: int) -> tuple[Campaign, ...]:
    names = [family for family in all_families() if family != but]
    return tuple(
        Campaign(family, scale=_SCALES.get(family, 0.12)) for family in names for _ in range(campaigns)
    )


def rows_of(work: Path, name: str, plan: WorldPlan, weights: PurposeWeights) -> Labelled:
    """Rows of a world, which is simulated if need be."""

    def make() -> Labelled:
        folder = work / "w" / name
        if not (folder / "truth_events.parquet").exists():
            simulate(plan, folder)
        return read_labelled(folder, weights)

    return cached_rows(work / "rows" / f"{name}.npz", make)


def verdicts(month: Labelled, champion: Artefact, judged: Judged, rng: np.random.Generator) -> list[Label]:
    """What four analysts say of alerts, of scores just below the bar, of what is odd, and of a sample."""
    truth = truth_of(month)
    alerted = np.flatnonzero(judged.alerted)
    rest = np.flatnonzero(~judged.alerted)
    near = rest[np.argsort(-judged.peak[rest])][:REVIEWED]
    odd = np.setdiff1d(_oddest(month, champion), alerted)
    sampled = rng.choice(rest, REVIEWED, replace=False)
    said = []
    looked_at = rng.permutation(np.unique(np.concatenate([alerted, near, odd, sampled])))
    for at, number in enumerate(looked_at.tolist()):
        label = int(truth[number])
        if rng.random() < MISTAKES:
            label = BENIGN if label == DISTILLATION else DISTILLATION
        said.append(_said(month, number, label, ANALYSTS[at % len(ANALYSTS)]))
    return said


def _oddest(month: Labelled, champion: Artefact) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Accounts that the score without labels ranks highest, by number."""
    rows = month.examples.accounts
    scores = champion.anomaly.score(rows.vectors[rows.final])
    found: np.ndarray[Any, np.dtype[np.int64]] = rows.accounts[rows.final][np.argsort(-scores)][:ODD]
    return found


def _said(month: Labelled, number: int, label: int, author: str) -> Label:
    end = int(month.ends.max())
    name = str(month.names[number])
    return Label(name, _NAMES[label], 0.9, "verdict", author, end, 0)


_NAMES: Final[Any] = dict(enumerate(LABELS))


def truth_of(rows: Labelled) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Label of each account by number."""
    accounts = rows.examples.accounts
    out = np.full(len(rows.names), BENIGN)
    out[accounts.accounts] = accounts.labels
    return out


def poisoned(labels: list[Label], month: Labelled, rng: np.random.Generator, *, aimed: bool) -> list[Label]:
    """The same, of which one analyst flips five in a hundred: his own, at random or first the new family."""
    count, author = round(POISON * len(labels)), ANALYSTS[-1]
    accounts = month.examples.accounts
    new = set(month.names[accounts.accounts[accounts.kinds == FAMILY]].tolist())
    own = [at for at, label in enumerate(labels) if label.author == author and label.label != "relay"]
    order = rng.permutation(own).tolist()
    if aimed:
        order.sort(key=lambda at: labels[at].account_id not in new)
    chosen = set(order[:count])
    return [_flipped(label) if at in chosen else label for at, label in enumerate(labels)]


def _flipped(label: Label) -> Label:
    return replace(label, label="benign" if label.label == "distillation" else "distillation")


@dataclass(frozen=True, slots=True)
class Lift:
    """TPR of the new family at 0.1 % FPR in the second month."""

    before: float
    after: float
    low: float
    high: float
    accounts: int


def lift(month: Labelled, champion: Judged, challenger: Judged) -> Lift:
    """With the 95 % interval of the difference."""
    compared = Compared(month, champion, challenger)
    chosen = compared.attack[compared.kinds[compared.attack] == FAMILY]
    before, after = (above[chosen] for above in compared.above(FPR))
    rng = np.random.default_rng(1)
    cuts = resampled_cuts(compared.scored.take(compared.honest), FPR, rng, 2_000)
    drawn = resampled_tpr(compared.scored.take(chosen), compared.groups[chosen], cuts, rng)
    moved = interval(float(after.mean() - before.mean()), drawn, 0.95)
    return Lift(float(before.mean()), float(after.mean()), moved.low, moved.high, len(chosen))


def main(
    work: Annotated[Path, typer.Option(help="folder for worlds, rows and models")],
    corpora: Annotated[Path | None, typer.Option(help="folder of prompts; default: built in")] = None,
    draw: Annotated[int, typer.Option(min=0, help="another draw of the months; in a folder of its own")] = 0,
    docs: Annotated[Path | None, typer.Option(help="page whose figures are to be replaced")] = None,
) -> None:
    """Run the experiment, keep its figures as JSON, and write them into a page."""
    shipped = DEFAULT_MODEL
    weights = PurposeWeights.load(shipped / "text")
    rows = {name: rows_of(work, name, plan, weights) for name, plan in plans(corpora, draw).items()}
    print("rows are read", flush=True)
    rows |= {name: without(rows[name], [FAMILY]) for name in _KNOWN}
    worlds = [rows["known-1"], rows["known-2"]]
    folder, _ = fit_challenger(
        join_labelled(worlds), load(shipped / "account", weights.version), FitSettings(),
        {"data": {"worlds": ["known-1", "known-2"]}, "held_out": [FAMILY]}, work / "stages", 0,
    )  # fmt: skip
    champion = open_model(folder)
    told = _experiment(work, rows, worlds, champion)
    (work / "retraining.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if docs is not None:
        page = docs.read_text(encoding="utf-8")
        before, _, rest = page.partition(_BEGIN)
        docs.write_text(
            before + _BEGIN + "\n" + figures(told) + _END + rest.partition(_END)[2], encoding="utf-8"
        )


def _experiment(
    work: Path, rows: dict[str, Labelled], worlds: list[Labelled], champion: Artefact
) -> dict[str, Any]:
    first, second = (rows[name] for name in _MONTHS)
    judged = judge(champion, first)
    said = verdicts(first, champion, judged, np.random.default_rng(0))
    tries = {
        "honest verdicts": said,
        "5 % flipped, the new family first": poisoned(said, first, np.random.default_rng(2), aimed=True),
        "5 % flipped at random": poisoned(said, first, np.random.default_rng(2), aimed=False),
    }
    new = set(first.named[first.examples.accounts.kinds == FAMILY].tolist())
    told: dict[str, Any] = {
        "champion": champion.model_id,
        "verdicts": len(said),
        "of the new family": sum(label.account_id in new for label in said),
        "alerts": int(judged.alerted.sum()),
        "accounts": len(first.names),
    }
    print(told, flush=True)
    for name, labels in tries.items():
        started = time.monotonic()
        inputs = Inputs(worlds, rows["known-3"], first, labels, canary=rows["known-3"])
        outcome = train(inputs, champion, TrainSettings(), work, lambda text: print(" ", text, flush=True))
        told[name] = _told(outcome, second, champion, work) | {"seconds": time.monotonic() - started}
        print(name, json.dumps(told[name], indent=1), flush=True)
    return told


def _told(outcome: Outcome, second: Labelled, champion: Artefact, work: Path) -> dict[str, Any]:
    before, after = judge(champion, second), judge(open_model(work / outcome.model), second)
    checks = compare(Compared(second, before, after), (), None, None, GateSettings())
    worse = [check for check in checks if not check.passed]
    return {
        "passed": outcome.gate.passed,
        "refusals": msgspec.to_builtins(outcome.gate.refusals),
        "lift": msgspec.to_builtins(lift(second, before, after)),
        "next month": [
            msgspec.to_builtins(check) for check in checks if check.dimension in {"all", "family"}
        ],
        "worse next month": msgspec.to_builtins(worse),
        "labels": msgspec.to_builtins(outcome.labels),
    }


def figures(told: dict[str, Any]) -> str:
    """What was measured, in Markdown."""
    said = (
        f"Synthetic. {told['accounts']:,} accounts in the first month, {told['alerts']} of them alerted; "
        f"{told['verdicts']} verdicts, {told['of the new family']} of them on the new family."
    )
    lines = [said, "", f"| {' | '.join(_HEAD)} |", "|---" * len(_HEAD) + "|"]
    lines += [_row(name, found) for name, found in told.items() if isinstance(found, dict)]
    lines += ["", *(line for name, found in told.items() for line in _refused(name, found)), ""]
    return "\n".join(lines)


def _row(name: str, found: dict[str, Any]) -> str:
    lifted = found["lift"]
    every, honest = (one for one in found["next month"] if one["dimension"] == "all")
    worse = ", ".join(one["name"] for one in found["worse next month"]) or "none"
    cells = (
        name, "passed" if found["passed"] else "refused",
        f"{lifted['before']:.1%}", f"{lifted['after']:.1%} of {lifted['accounts']}",
        f"{lifted['low']:+.1%} to {lifted['high']:+.1%}",
        f"{every['champion']:.1%} → {every['challenger']:.1%}",
        f"{honest['champion']:.2%} → {honest['challenger']:.2%}", worse,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _refused(name: str, found: Any) -> list[str]:
    if not isinstance(found, dict):
        return []
    return [
        f"- {name}: refused by {one['dimension']} {one['name']}: {one['why']}" for one in found["refusals"]
    ]


if __name__ == "__main__":
    typer.run(main)
