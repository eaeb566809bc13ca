"""Parallel texts: texts by the thousand, translated into some languages (synthetic bitext)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit, scenes
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.script import dataset, script
from streaming.simulator.wordings.answers import prose, translation
from streaming.simulator.wordings.documents import translate
from streaming.simulator.wordings.grammar import pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "translation_corpus"
_LANGUAGES: Final = (
    "German",
    "French",
    "Czech",
    "Hindi",
    "Swahili",
    "Japanese",
    "Turkish",
    "Ukrainian",
    "Urdu",
)

_SOURCES: Final = (
    ("translation_en",),
    ("sentences",),
    ("translation_en", "sentences"),
    ("short_texts",),
    ("documents",),
)
"""monolingual texts to start from: sentences, short pieces or whole documents"""


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Some accounts to two hundred."""
    return spend(rng, scale, accounts=(4, 200), exchanges=(2_000, 30_000), wordings=(1, 3))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """A queue of texts for each language."""
    rng = stage.rng(name)
    chosen = rng.permutation(len(_LANGUAGES))[: int(rng.integers(1, 5))]
    kinds = pick(rng, _SOURCES)
    played = [_scene(stage, rng, _LANGUAGES[at], kinds, spent.wordings) for at in chosen.tolist()]
    job = Job(scenes(stage, *played), *kit(stage, rng), scenes=len(played))
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


def _scene(
    stage: Stage, rng: np.random.Generator, language: str, kinds: Sequence[str], wordings: int
) -> Scene:
    item = dataset(stage, rng, *kinds)
    german = language == "German"
    return script(
        rng, lambda draw: translate(draw, item, target=language), wordings,
        translation(stage.corpus) if german else prose(stage.corpus, rng), output=(rng.uniform(30, 120), 0.5),
    )  # fmt: skip


FAMILY = Family(_NAME, "Builds a parallel corpus, text by text.", effort, cast)
