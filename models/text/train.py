"""`python -m models.text.train --data DIR --out DIR`: learn the purpose weights from permissive sources."""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import asdict
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from features.text.kernel import KERNEL_VERSION
from models.text.corpora import CHECKING, TEACHING
from models.text.evaluate import SEED, false_positives
from models.text.examples import Example, checking_examples, teaching_examples
from models.text.figures import dropped, leave_one_out
from models.text.fit import PRIOR, STRENGTH, fit_weights, make_problem

if TYPE_CHECKING:
    from collections.abc import Sequence


def train(data: Path, out: Path) -> dict[str, Any]:
    """Measure, fit, save; the facts that went into the manifest. Deterministic."""
    rng = np.random.default_rng(SEED)
    teaching, checking = teaching_examples(data, rng), checking_examples(data, rng)
    problem = make_problem(teaching)
    figures = leave_one_out(teaching, problem, checking, make_problem(checking))
    left = dropped(figures)
    weights = fit_weights(problem, left)
    facts: dict[str, Any] = {
        "kernel": KERNEL_VERSION,
        "examples": len(teaching),
        "training_sha256": _digest(teaching),
        "taught_by": [corpus.file for corpus in TEACHING] + ["phrasebook (own)"],
        "checked_by": [corpus.file for corpus in CHECKING],
        "inverse_regularisation": STRENGTH,
        "assumed_prior": PRIOR,
        "dropped": left,
        "leave_one_out": [asdict(figure) for figure in figures],
        "false_positives": false_positives(weights, checking),
        "libraries": {name: installed(name) for name in ("numpy", "scikit-learn")},
    }
    weights.save(out, facts)
    return facts


def _digest(examples: Sequence[Example]) -> str:
    digest = hashlib.sha256()
    for example in examples:
        for part in (example.source, example.purpose, example.text):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds corpora/")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "default" / "text")
    options = parser.parse_args()
    facts = train(options.data, options.out)
    sys.stdout.write(
        f"{facts['examples']} examples; dropped: {facts['dropped'] or 'none'}; in {options.out}\n"
    )


if __name__ == "__main__":
    main()
