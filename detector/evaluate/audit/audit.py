"""The audit of worlds: every check, and what fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.evaluate.audit.identical import identical
from detector.evaluate.audit.leaks import is_even, leaks
from detector.evaluate.audit.marks import MARKED, marks
from detector.evaluate.audit.sample import read_sample
from detector.evaluate.audit.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from detector.evaluate.rates import Estimate, Rate
    from streaming.simulator.corpus import Corpus


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in some worlds."""

    leaks: Mapping[str, Estimate]
    marks: Mapping[str, Estimate | None]
    """by family; None where too few of its campaigns are there"""
    identical: Mapping[str, Rate]
    """by family"""

    @property
    def failures(self) -> tuple[str, ...]:
        """What gives a label away, in words."""
        told = [f"{name} tells classes apart" for name, found in self.leaks.items() if not is_even(found)]
        told += [
            f"{family} is marked by its corpus, library, limits or missing fields"
            for family, found in self.marks.items()
            if found is not None and found.low > MARKED
        ]
        if self.identical and not any(rate.hits for rate in self.identical.values()):
            told.append("no campaign sends a prompt that an honest account sends as well")
        return tuple(told)


def audit(worlds: Sequence[Path], corpus: Corpus, rng: np.random.Generator) -> Audit:
    """Audit labelled worlds in canonical form whose prompts are of `corpus`; raises `WorldError`."""
    sample = read_sample(worlds)
    return Audit(leaks(sample, rng), marks(sample, Sources.of_corpus(corpus), rng), identical(sample.prompts))
