"""Parameter stealing: log-probabilities under every logit bias (Carlini et al., arXiv 2403.06634)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, log_uniform, spend
from streaming.simulator.population import Population
from streaming.simulator.script import dataset, script
from streaming.simulator.settings import pipeline_params
from streaming.simulator.wordings.answers import number
from streaming.simulator.wordings.labelling import logit_probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.facts import Params
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "logprob_stealing"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """One account to a dozen; thousands of requests of one token each."""
    return spend(
        rng, scale, accounts=(1, 14), exchanges=(2_000, 30_000), cover=(0.0, 0.3), wordings=(1, 3),
        human=(0.0, 0.4),
    )  # fmt: skip


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Each prompt once for each set of biased tokens."""
    rng = stage.rng(name)
    item = dataset(stage, rng, "short_texts")
    scene = script(
        rng, lambda draw: logit_probe(draw, item), spent.wordings, number(rng),
        output=(1.0, 0.05), repeats=round(log_uniform(rng, 4, 400)),
    )  # fmt: skip
    asked = pipeline_params(rng)
    params = [_probing(rng, asked) for _ in range(int(rng.integers(1, 5)))]
    job = Job(stage.scene(scene), params, kit(stage, rng)[1], batch=80.0)
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


def _probing(rng: np.random.Generator, asked: Params) -> Params:
    """As few tokens and as many log-probabilities as can be had, under as many biases as fit."""
    return replace(
        asked, max_tokens=1, logprobs=True, top_logprobs=int(rng.choice((1, 5, 5, 20))),
        logit_bias_size=round(log_uniform(rng, 1, 1024)), response_format=None, reasoning_effort=None,
    )  # fmt: skip


FAMILY = Family(_NAME, "Enumerates logit biases to read off log-probabilities.", effort, cast)
