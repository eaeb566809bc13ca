"""Trace cleaning: reasoning is harvested, and the traces are sent back to be cleaned, on other accounts.

The "CoT cleaner" of the September 2026 report: 770,609 exchanges in ten days on 273 accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.playback import Playback, lag_within
from streaming.simulator.population import Population
from streaming.simulator.purposes import reasoning
from streaming.simulator.requests import HOUR
from streaming.simulator.scenes import Answers
from streaming.simulator.script import dataset, script
from streaming.simulator.texts import Slot
from streaming.simulator.wordings import answers
from streaming.simulator.wordings.reasoning import clean_trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "trace_cleaning"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Two groups of accounts, tens to hundreds together."""
    return spend(rng, scale, accounts=(8, 250), exchanges=(2_000, 30_000), wordings=(1, 4))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Harvesters on a queue of problems; cleaners that take up each trace some hours later."""
    rng = stage.rng(name)
    role, share = attacker(_NAME, name), rng.uniform(0.5, 0.65)
    harvest = reasoning(stage, rng, spent.wordings)
    first, second = stage.scene(harvest), stage.scene(_cleaning(stage, rng, harvest, spent.wordings))
    accounts = max(1, round(spent.accounts * rng.uniform(0.3, 0.7)))
    begin = stage.clock.at(rng.uniform(0, 0.25))
    lag = lag_within(stage, begin, rng.uniform(0.5, 20) * HOUR)
    groups = (
        (first, spent.part(accounts, share), begin),
        (second, spent.part(spent.accounts - accounts, 1 - share), begin + lag),
    )
    harvesters, cleaners = (
        Population(f"{name} {scene}", stage, crew(stage, rng, role, part, _job(stage, rng, scene, start)))
        for scene, part, start in groups
    )
    return [Playback(stage, harvesters, cleaners, quoted=first, quoting=second, lag=lag)]


def _job(stage: Stage, rng: np.random.Generator, scene: int, begin: int) -> Job:
    return Job(scene, *kit(stage, rng), begin=begin, steady=True)


def _cleaning(stage: Stage, rng: np.random.Generator, harvest: Scene, wordings: int) -> Scene:
    question, trace = dataset(stage, rng, "math"), Slot(Answers(harvest))
    return script(
        rng, lambda draw: clean_trace(draw, question, trace), wordings,
        answers.reasoning(stage.corpus, rng, ""), output=(rng.uniform(150, 700), 0.5),
    )  # fmt: skip


FAMILY = Family(_NAME, "Harvests reasoning, and has the traces cleaned on other accounts.", effort, cast)
