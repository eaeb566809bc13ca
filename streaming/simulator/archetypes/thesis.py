"""Students who write a thesis: long evenings of drafts, summaries and corrections over weeks.

Their own chapters come back changed, long inputs for long answers, at night, from the campus and from
home.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import STUDENT, WINDOW, mixture, persons
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import stock
from streaming.simulator.openings import said
from streaming.simulator.population import Population
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import chat_params
from streaming.simulator.texts import Slot, Template, Wording
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.documents import summarise
from streaming.simulator.wordings.problems import explain_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Long conversations on one's own texts."""
    rng = stage.rng("thesis")
    corpus = stage.corpus
    kit = Kit(chat_params, (("home", 0.5), ("campus", 0.35), ("vpn", 0.15)), WINDOW)
    rows = persons(stage, rng, "thesis", count, kit, per_day=0.3, turns=6, how=STUDENT)
    texts, wishes = Slot(corpus.pool("documents").texts), Slot(corpus.pool("instructions").texts, 37)
    opening = Wording.of(
        Template(("", ""), (texts,)),
        Template(("", "\\n\\n", ""), (wishes, texts)),
        Template(("", "\\n---\\n", ""), (texts, wishes)),
        summarise(rng, texts).whole(),
        explain_steps(rng, texts).whole(),
    )
    later = said(corpus.pool("followups").texts)

    def draft() -> Scene:
        output = (float(rng.uniform(250, 700)), 0.6)
        return Scene(opening, prose(corpus, rng), follow=later, keep=int(rng.integers(3, 8)), output=output)

    mixture(stage, rng, rows, stock(draft, count))
    rows["peak"] = (rows["peak"] + rng.normal(4, 2, count)) % 24
    return [Population("thesis", stage, rows)]


ARCHETYPE = Archetype("thesis", weight=0.03, cast=cast)
