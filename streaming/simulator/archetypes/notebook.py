"""Data science in notebooks: a cell asks for code, the next asks why it fails.

One analyst at one table for an afternoon, then nothing for days; requests come from a script as much as
from a window, with whatever settings the last copied cell had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DESK, DEVELOPER, mixture, persons
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, stock
from streaming.simulator.openings import said
from streaming.simulator.population import Population
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import pipeline_params
from streaming.simulator.texts import Slot, Template, Wording
from streaming.simulator.wordings.answers import code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Afternoons of ten requests."""
    rng = stage.rng("notebook")
    corpus = stage.corpus
    kit = Kit(pipeline_params, DESK, (("sdk", 0.8), ("browser", 0.2)), settings=4)
    rows = persons(stage, rng, "notebook", count, kit, per_day=0.2, turns=8, how=DEVELOPER)
    tasks, snippets = Slot(corpus.pool("code_tasks").texts), Slot(corpus.pool("snippets").texts, 36)
    opening = Wording.of(
        Template(("", ""), (tasks,)),
        Template(("", "\\n\\n```\\n", "\\n```"), (tasks, snippets)),
        Template(("```\\n", "\\n```\\n", ""), (snippets, tasks)),
    )
    later = said(corpus.pool("followups").texts)

    def cells() -> Scene:
        return Scene(
            opening, code(corpus, rng), follow=choose(rng, (later, later, None)), output=(280.0, 0.8)
        )

    mixture(stage, rng, rows, stock(cells, count))
    return [Population("notebook", stage, rows)]


ARCHETYPE = Archetype("notebook", weight=0.025, cast=cast)
