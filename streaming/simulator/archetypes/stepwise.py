"""People who want to see the steps: users of thinking models who ask how an answer comes about.

The demand for reasoning is theirs and put in their own words, on whatever they happen to work at; some
have a favourite instruction that they copied and put before everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import HOME, mixture, persons
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, spoken, stock
from streaming.simulator.openings import asked_for_steps, said
from streaming.simulator.population import Population
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import chat_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import reasoning
from streaming.simulator.wordings.problems import explain_steps, solve_math
from streaming.simulator.wordings.reasoning import elicit_reasoning

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.wordings.wrapper import Wrapper
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Conversations at a person's hours."""
    rng = stage.rng("stepwise")
    kit = Kit(chat_params, HOME, (("browser", 0.7), ("sdk", 0.3)))
    rows = persons(stage, rng, "stepwise", count, kit, per_day=0.3, turns=3)
    mixture(stage, rng, rows, stock(lambda: _problem(stage, rng), count, most=80))
    return [Population("stepwise", stage, rows)]


def _problem(stage: Stage, rng: np.random.Generator) -> Scene:
    corpus = stage.corpus
    texts = corpus.pool(choose(rng, ("math", "chat", "factual", "code_tasks", "instructions"))).texts
    later = said(corpus.pool("followups").texts)
    traits: dict[str, Any] = {
        "output": (float(rng.uniform(200, 700)), 0.6),
        "hidden": float(choose(rng, (0, 1.0, 3.0))),
    }
    if rng.random() < 0.6:  # noqa: PLR2004 - most say it in passing
        return Scene(asked_for_steps(texts), reasoning(corpus, rng), follow=later, **traits)
    makes: tuple[tuple[Callable[..., Wrapper], str], ...] = (
        (explain_steps, "explain_steps"),
        (solve_math, "solve_math"),
        (elicit_reasoning, "elicit_tags"),
    )
    make, intent = choose(rng, makes)
    language = spoken(rng, intent)
    item = Slot(corpus.pool("instructions_zh").texts if language == "zh" else texts)
    wrapper = make(rng, item, language=language)
    return job(wrapper, reasoning(corpus, rng), follow=choose(rng, (later, None)), **traits)


ARCHETYPE = Archetype("stepwise", weight=0.025, cast=cast)
