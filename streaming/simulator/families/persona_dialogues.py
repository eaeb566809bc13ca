"""Dialogues of invented personas with the model (UltraChat, arXiv 2305.14233; Persona Hub, 2406.20094)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.openings import said
from streaming.simulator.population import Population
from streaming.simulator.script import dataset, script
from streaming.simulator.settings import dialogue_params
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.grammar import pick
from streaming.simulator.wordings.products import chat_persona, persona_story

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "persona_dialogues"
_SEEDS: Final = (
    ("persona",),
    ("persona",),
    ("persona", "chat"),
    ("chat",),
    ("instructions",),
    ("sentences",),
)
"""what dialogues begin from"""


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Some accounts to two hundred."""
    return spend(rng, scale, accounts=(5, 200), exchanges=(2_000, 25_000), wordings=(1, 12))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Conversations of some turns, each with the next persona of a list."""
    rng = stage.rng(name)
    item, make = dataset(stage, rng, *pick(rng, _SEEDS)), pick(rng, (chat_persona, persona_story))
    scene = script(
        rng, lambda draw: make(draw, item), spent.wordings, prose(stage.corpus, rng),
        follow=said(stage.corpus.pool("followups").texts), output=(300.0, 0.6),
    )  # fmt: skip
    job = Job(stage.scene(scene), *kit(stage, rng, dialogue_params), talk=float(rng.uniform(2, 7)))
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


FAMILY = Family(_NAME, "Has dialogues held with invented personas.", effort, cast)
