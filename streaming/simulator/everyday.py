"""Everyday use: the ordinary scenes behind a resale pool's accounts and under a campaign's cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.scenes import Scene
from streaming.simulator.texts import Slot, Template, Wording
from streaming.simulator.wordings.answers import code, label, prose, translation
from streaming.simulator.wordings.documents import summarise, translate
from streaming.simulator.wordings.labelling import classify

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.corpus import Corpus
    from streaming.simulator.stage import Stage
    from streaming.simulator.wordings.wrapper import Wrapper

_LABELS: Final = (
    ("positive", "negative", "neutral"),
    ("billing", "technical", "account", "other"),
    ("world", "sports", "business", "science"),
    ("urgent", "normal", "low"),
)


def everyday(stage: Stage, rng: np.random.Generator) -> tuple[int, int]:
    """Put chat, coding and small jobs on the stage: number of the first scene, and how many there are."""
    corpus = stage.corpus
    played = (chat(corpus, rng), coding(corpus, rng), *small_jobs(corpus, rng))
    numbers = [stage.scene(scene) for scene in played]
    return numbers[0], len(numbers)


def chat(corpus: Corpus, rng: np.random.Generator) -> Scene:
    """Conversations, without a word of a program around them."""
    follow = said(corpus, "followups", 1)
    return Scene(said(corpus, "chat"), prose(corpus, rng), follow=follow, output=(260.0, 0.8))


def coding(corpus: Corpus, rng: np.random.Generator) -> Scene:
    """Questions about code, and more of them."""
    follow = said(corpus, "followups", 1)
    return Scene(said(corpus, "code_tasks"), code(corpus, rng), follow=follow, output=(500.0, 0.8))


def small_jobs(corpus: Corpus, rng: np.random.Generator) -> tuple[Scene, ...]:
    """A translator, a summariser and a small app, each in words of its own."""
    labels = _LABELS[int(rng.integers(len(_LABELS)))]
    translator = translate(rng, Slot(corpus.pool("translation_en").texts))
    return (
        _job(translator, translation(corpus), (70.0, 0.5)),
        _job(summarise(rng, Slot(corpus.pool("documents").texts)), prose(corpus, rng), (140.0, 0.5)),
        _job(classify(rng, Slot(corpus.pool("short_texts").texts), labels), label(rng, labels), (4.0, 0.4)),
    )


def said(corpus: Corpus, kind: str, salt: int = 0) -> Wording:
    """The bare texts of a kind: by item, or drawn for each request where there is a salt."""
    return Wording.of(Template(("", ""), (Slot(corpus.pool(kind).texts, salt),)))


def _job(wrapper: Wrapper, answer: Wording, output: tuple[float, float]) -> Scene:
    return Scene(Wording.of(wrapper.opening), answer, system=wrapper.system, output=output)
