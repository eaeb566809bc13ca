"""University courses: one homework for a whole class, behind the address of the campus.

In the days before it is due, dozens of accounts with student plans send the same few problems, most of
them as the sheet puts them, many from the same address: identical prompts and shared infrastructure, and
no operation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import STUDENT, persons, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, owned
from streaming.simulator.openings import asked_for_steps, plain, said
from streaming.simulator.population import Population
from streaming.simulator.requests import DAY
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import chat_params
from streaming.simulator.wordings.answers import code, prose, reasoning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_CAMPUS: Final = (("campus", 0.75), ("home", 0.17), ("mobile", 0.08))


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Classes of fifteen to a hundred and twenty, each with one sheet."""
    rng = stage.rng("university")
    kit = Kit(chat_params, _CAMPUS, (("browser", 0.8), ("sdk", 0.2)))
    rows = persons(stage, rng, "university", count, kit, per_day=0.6, turns=3, how=STUDENT)
    for first, size in _classes(rng, count):
        _homework(stage, rng, rows[first : first + size])
    return [Population("university", stage, rows)]


def _classes(rng: np.random.Generator, count: int) -> Iterator[tuple[int, int]]:
    first = 0
    while first < count:
        size = min(int(spread(rng, 15, 120, 1)[0]), count - first)
        yield first, size
        first += size


def _homework(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void]) -> None:
    """One sheet, one campus, a few days."""
    corpus, count = stage.corpus, len(rows)
    pool = corpus.pool(choose(rng, ("math", "code_tasks", "exam", "factual")))
    sheet = owned(rng, pool, 2, 9)
    later, answer = said(corpus.pool("followups").texts), choose(rng, (prose, reasoning, code))(corpus, rng)
    copied = Scene(plain(sheet.texts), answer, follow=later, items=Items.FIXED, output=(260.0, 0.6))
    rows["scene"] = stage.scene(copied)
    # Those who put it in their own words come second.
    stage.scene(replace(copied, opening=asked_for_steps(sheet.texts), items=Items.FRESH))
    rows["scenes"], rows["main"] = 2, rng.uniform(0.4, 1.0, count)
    rows["items"], rows["items_count"] = 0, len(sheet)
    together = rng.random(count) < rng.uniform(0.3, 0.9)
    campus = stage.add_places(stage.market.places(rng, "campus", 3))
    rows["place"] = np.where(together, campus, rows["place"])
    rows["places"] = np.where(together, 3, rows["places"])
    due = stage.clock.at(rng.uniform(0.15, 1.0))
    rows["begin"] = due - rng.uniform(1.0, 6.0) * DAY - rng.uniform(0, 1, count) * DAY
    rows["end"] = due + rng.uniform(0, 0.5, count) * DAY


ARCHETYPE = Archetype("university", weight=0.03, cast=cast)
