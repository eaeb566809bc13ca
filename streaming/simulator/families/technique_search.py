"""Technique search: many phrasings of one goal, mostly refused, before a campaign is scaled up.

The September 2026 report tells of an experiment of more than 12,000 requests, each another way to extract.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.script import dataset, script
from streaming.simulator.wordings.answers import reasoning
from streaming.simulator.wordings.grammar import pick
from streaming.simulator.wordings.probing import refusal_probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "technique_search"
_LEAST: Final = 60
"""phrasings: a search that tries fewer is none"""

_ABOUT: Final = (
    ("instructions",),
    ("chat",),
    ("math",),
    ("code_tasks",),
    ("documents",),
    ("persona",),
)
"""what phrasings are tried on; any question that makes the model think will do"""


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A few accounts, hundreds of phrasings."""
    drawn = spend(
        rng, scale, accounts=(2, 12), exchanges=(800, 12_000), cover=(0.0, 0.4), wordings=(_LEAST, 400),
        human=(0.0, 0.8),
    )  # fmt: skip
    return replace(drawn, isolation=float(rng.uniform(0, 1)))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Phrasings drawn one after another, about ever new questions; few get through."""
    rng = stage.rng(name)
    item = dataset(stage, rng, *pick(rng, _ABOUT))
    scene = script(
        rng, lambda draw: refusal_probe(draw, item), max(spent.wordings, _LEAST),
        reasoning(stage.corpus, rng),
        refused=float(rng.uniform(0.6, 0.97)), output=(500.0, 0.7),
    )  # fmt: skip
    job = Job(stage.scene(scene), *kit(stage, rng), batch=12.0)
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


FAMILY = Family(_NAME, "Probes for a way to extract, phrasing by phrasing; most are refused.", effort, cast)
