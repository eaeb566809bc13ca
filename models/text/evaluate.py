"""`python -m models.text.evaluate --data DIR`: how far purpose scores can be trusted, as tables and JSON."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from features.text.logits import purpose_logits
from features.text.purposes import LEARNT, ORDINARY, PurposeWeights
from models.text.examples import Example, checking_examples, teaching_examples
from models.text.figures import Auc, dropped, leave_one_out, wilson
from models.text.fit import make_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED: Final = 20260901
THRESHOLD: Final = 0.5
"""Probability from which a prompt counts as having the purpose, in both languages."""


def false_positives(weights: PurposeWeights, checking: Sequence[Example]) -> list[dict[str, Any]]:
    """Share of ordinary checking rows over `THRESHOLD`, by purpose, corpus and language, with intervals."""
    rows = []
    ordinary = [
        example for example in checking if example.purpose == ORDINARY and example.lang in ("en", "zh")
    ]
    logits = purpose_logits([example.text.encode("utf-8", "surrogatepass") for example in ordinary], weights)
    names = np.array([f"{example.source} {example.lang}" for example in ordinary])
    langs = np.array([f"all {example.lang}" for example in ordinary])
    for column, purpose in enumerate(LEARNT):
        with np.errstate(over="ignore", invalid="ignore"):
            score = 1 / (1 + np.exp(-(weights.slope[column] * logits[:, column] + weights.offset[column])))
        for name in [*sorted(set(langs)), *sorted(set(names))]:
            chosen = (names == name) | (langs == name)
            hits, trials = int((score[chosen] >= THRESHOLD).sum()), int(chosen.sum())
            low, high = wilson(hits, trials)
            share = hits / trials
            rows.append(
                {"purpose": purpose, "rows": name, "n": trials, "fpr": share, "low": low, "high": high}
            )
    return rows


def report(figures: Sequence[Auc], rates: Sequence[dict[str, Any]]) -> str:
    """Both tables as text."""
    lines = [f"{'purpose':<10} {'left out':<42} {'n+':>5} {'AUC':>6}  95 %         at 1 % FPR"]
    lines += [
        f"{f.purpose:<10} {f.source:<42} {f.positives:>5} {f.auc:>6.3f}  {f.low:.3f}-{f.high:.3f}"
        f"  {f.caught:.2f}"
        for f in figures
    ]
    lines += ["", f"{'purpose':<10} {'ordinary rows':<42} {'n':>5} {'FPR':>6}  95 %  (threshold {THRESHOLD})"]
    lines += [
        f"{r['purpose']:<10} {r['rows']:<42} {r['n']:>5} {r['fpr']:>6.4f}  {r['low']:.4f}-{r['high']:.4f}"
        for r in rates
    ]
    return "\n".join(lines)


def main() -> None:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds corpora/")
    parser.add_argument("--weights", type=Path, default=Path(__file__).parents[1] / "default" / "text")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    rng = np.random.default_rng(SEED)
    teaching, checking = teaching_examples(options.data, rng), checking_examples(options.data, rng)
    figures = leave_one_out(teaching, make_problem(teaching), checking, make_problem(checking))
    rates = false_positives(PurposeWeights.load(options.weights), checking)
    sys.stdout.write(report(figures, rates) + "\n")
    sys.stdout.write(f"\ndropped: {dropped(figures) or 'none'}\n")
    if options.json:
        facts = {"auc": [asdict(f) for f in figures], "false_positives": rates, "dropped": dropped(figures)}
        options.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
