"""Everyday use: the ordinary scenes behind a resale pool's accounts and under a campaign's cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streaming.simulator.jobs import choose, job, labels
from streaming.simulator.openings import asked, said
from streaming.simulator.scenes import Scene
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.agency import agent_task, tool_result
from streaming.simulator.wordings.answers import code, label, prose, trajectory, translation
from streaming.simulator.wordings.documents import summarise, translate
from streaming.simulator.wordings.labelling import classify

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.corpus import Corpus
    from streaming.simulator.stage import Stage


@dataclass(frozen=True, slots=True)
class Everyday:
    """Numbers of scenes, one after another: chat, questions on code, small programs; an agent at the end."""

    first: int
    plain: int
    """scenes without tools"""

    @property
    def agent(self) -> int:
        """The coding agent with its tools."""
        return self.first + self.plain


def everyday(stage: Stage, rng: np.random.Generator) -> Everyday:
    """Put ordinary use on the stage, its programs in words of their own."""
    corpus = stage.corpus
    played = (chat(corpus, rng), coding(corpus, rng), *programs(corpus, rng), agent(corpus, rng))
    numbers = [stage.scene(scene) for scene in played]
    return Everyday(numbers[0], len(numbers) - 1)


def chat(corpus: Corpus, rng: np.random.Generator) -> Scene:
    """Conversations, without a word of a program around them."""
    follow = said(corpus.pool("followups").texts)
    opening = asked(corpus.pool("chat").texts)
    return Scene(opening, prose(corpus, rng), follow=follow, output=(260.0, 0.8))


def coding(corpus: Corpus, rng: np.random.Generator) -> Scene:
    """Questions about code, and more of them."""
    follow = said(corpus.pool("followups").texts)
    opening = asked(corpus.pool("code_tasks").texts)
    return Scene(opening, code(corpus, rng), follow=follow, output=(450.0, 0.8))


def agent(corpus: Corpus, rng: np.random.Generator) -> Scene:
    """A coding agent in somebody's repository."""
    wrapper = agent_task(rng, Slot(corpus.pool("code_tasks").texts))
    answer, result = trajectory(corpus, rng), tool_result(corpus, rng)
    return job(wrapper, answer, result=result, keep=int(rng.integers(3, 9)), output=(200.0, 0.8))


def programs(corpus: Corpus, rng: np.random.Generator) -> tuple[Scene, ...]:
    """A translator, a summariser and a classifier."""
    classes = labels(rng)
    sorter = classify(rng, Slot(corpus.pool("short_texts").texts), classes)
    translator = translate(rng, Slot(corpus.pool("translation_en").texts))
    summariser = summarise(rng, Slot(corpus.pool("documents").texts))
    return (
        job(translator, translation(corpus), output=(70.0, 0.5)),
        job(summariser, prose(corpus, rng), output=(choose(rng, (90.0, 140.0, 220.0)), 0.5)),
        job(sorter, label(rng, classes), output=(4.0, 0.4)),
    )
