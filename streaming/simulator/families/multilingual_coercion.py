"""Coerced languages: reasoning demanded in the user's language, over a breadth of languages.

The campaign of over 100,000 prompts that Google's threat intelligence reported in February 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit, scenes
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.script import dataset, script
from streaming.simulator.wordings.answers import reasoning
from streaming.simulator.wordings.grammar import pick
from streaming.simulator.wordings.reasoning import multilingual_coercion

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "multilingual_coercion"
_LANGUAGES: Final = (
    "Japanese", "Korean", "Spanish", "Portuguese", "Hindi", "Arabic", "Turkish", "Indonesian", "Vietnamese",
    "German", "French", "Swahili", "Polish", "Thai", "Chinese",
)  # fmt: skip
_KINDS: Final = (("math",), ("instructions",), ("instructions_zh",), ("exam_zh",), ("exam", "factual"))


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Some accounts to two hundred."""
    return spend(rng, scale, accounts=(5, 200), exchanges=(1_000, 20_000), wordings=(1, 3))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """A queue of tasks for each language."""
    rng = stage.rng(name)
    chosen = rng.permutation(len(_LANGUAGES))[: int(rng.integers(3, 12))]
    played = [_scene(stage, rng, _LANGUAGES[at], spent.wordings) for at in chosen.tolist()]
    job = Job(scenes(stage, *played), *kit(stage, rng), scenes=len(played))
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


def _scene(stage: Stage, rng: np.random.Generator, language: str, wordings: int) -> Scene:
    item = dataset(stage, rng, *pick(rng, _KINDS))
    return script(
        rng, lambda draw: multilingual_coercion(draw, item, language), wordings,
        reasoning(stage.corpus, rng), output=(rng.uniform(300, 1200), 0.5), hidden=rng.uniform(0, 1),
    )  # fmt: skip


FAMILY = Family(_NAME, "Demands reasoning in the language of the user, over many languages.", effort, cast)
