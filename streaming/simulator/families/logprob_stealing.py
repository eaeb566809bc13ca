"""Parameter stealing: log-probabilities under every logit bias (Carlini et al., arXiv 2403.06634)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, log_uniform, spend
from streaming.simulator.population import Population
from streaming.simulator.script import dataset, script
from streaming.simulator.settings import probability_params
from streaming.simulator.wordings.answers import number
from streaming.simulator.wordings.grammar import pick
from streaming.simulator.wordings.labelling import logit_probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.facts import Params
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "logprob_stealing"
_PROMPTS: Final = ("short_texts", "short_texts", "short_texts", "support", "chat")
"""any will do: what counts is the model's last layer"""

_FURTHER: Final = 0.4
"""share of campaigns that read every position of a longer answer, a vector each"""
_POSITIONS: Final = (8, 10, 16, 32, 64, 128, 256, 1024, None)


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """One account to a dozen; thousands of requests of one token each, or of a few."""
    return spend(
        rng, scale, accounts=(1, 14), exchanges=(2_000, 30_000), cover=(0.0, 0.3), wordings=(1, 3),
        human=(0.0, 0.4),
    )  # fmt: skip


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Each prompt once for each set of biased tokens."""
    rng = stage.rng(name)
    item = dataset(stage, rng, pick(rng, _PROMPTS))
    further = rng.random() < _FURTHER
    scene = script(
        rng, lambda draw: logit_probe(draw, item), spent.wordings, number(rng),
        output=(rng.uniform(3, 30), 0.3) if further else (1.0, 0.05), repeats=round(log_uniform(rng, 4, 400)),
    )  # fmt: skip
    asked = probability_params(rng)
    params = [_probing(rng, asked, further=further) for _ in range(int(rng.integers(1, 5)))]
    job = Job(stage.scene(scene), params, kit(stage, rng)[1], batch=80.0)
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


def _probing(rng: np.random.Generator, asked: Params, *, further: bool) -> Params:
    """Log-probabilities of the next token, or of each of some more, under as many biases as fit."""
    return replace(
        asked, max_tokens=pick(rng, _POSITIONS) if further else asked.max_tokens,
        top_logprobs=int(rng.choice((1, 5, 5, 20))), logit_bias_size=round(log_uniform(rng, 1, 1024)),
    )  # fmt: skip


FAMILY = Family(_NAME, "Enumerates logit biases to read off log-probabilities.", effort, cast)
