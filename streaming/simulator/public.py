"""Public prompts: benchmark items in the words of popular harnesses, and the prompts that frameworks ship.

What is public is the same for everybody in a world, honest or not, whoever asks this module for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from streaming.simulator.jobs import choose, job, labels
from streaming.simulator.openings import plain
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import code, label, number, prose, reasoning, verdict
from streaming.simulator.wordings.coding import complete_code
from streaming.simulator.wordings.judging import judge_pair, judge_single
from streaming.simulator.wordings.labelling import classify
from streaming.simulator.wordings.problems import exam_item, solve_math

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.corpus import Corpus
    from streaming.simulator.stage import Stage
    from streaming.simulator.texts import Wording
    from streaming.simulator.wordings.wrapper import Wrapper

_KINDS: Final = ("math", "exam", "exam_zh", "code_completion", "factual", "format", "short_texts")
_HARNESSES: Final = 2
"""popular wordings of a benchmark"""
_GRADED: Final = ("instructions", "chat")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A public set of items, and what its popular harnesses send for each."""

    name: str
    kind: str
    items: int
    scenes: tuple[Scene, ...]
    """swept item by item; the first sends the bare items, where these are questions"""

    @property
    def has_choices(self) -> bool:
        """Whether answers are one letter or label, so that log-probabilities tell them."""
        return self.kind.startswith("exam") or self.kind == "short_texts"


def benchmarks(stage: Stage) -> tuple[Benchmark, ...]:
    """Every benchmark of the corpus, always the same in a world."""
    found = []
    for kind in _KINDS:
        for name in stage.corpus.sources(kind):
            texts = stage.corpus.pool(name).texts
            rng = stage.rng("public", name)
            items = min(len(texts), int(rng.integers(100, 1_500)))
            found.append(Benchmark(name, kind, items, _scenes(stage.corpus, rng, kind, Slot(texts))))
    return tuple(found)


def graded(stage: Stage) -> tuple[Benchmark, ...]:
    """Sets of open questions whose answers a model judges (AlpacaEval, MT-Bench: arXiv 2306.05685).

    Always the same in a world; every scene is a judge's, answers are of the model under test.
    """
    found = []
    for name in (name for kind in _GRADED for name in stage.corpus.sources(kind)):
        texts = stage.corpus.pool(name).texts
        rng = stage.rng("public", "graded", name)
        items = min(len(texts), int(rng.integers(80, 1_000)))
        scenes = tuple(_judge(stage.corpus, rng, Slot(texts), pair=pair) for pair in (False, True))
        found.append(Benchmark(name, "graded", items, scenes))
    return tuple(found)


def _judge(corpus: Corpus, rng: np.random.Generator, question: Slot, *, pair: bool) -> Scene:
    first, second = (Slot(corpus.pool("candidates").texts, salt) for salt in (38, 39))
    wrapper = judge_pair(rng, question, first, second) if pair else judge_single(rng, question, first)
    return job(wrapper, verdict(corpus, rng, pair=pair), items=Items.SWEEP, output=(120.0, 0.6))


def _scenes(corpus: Corpus, rng: np.random.Generator, kind: str, item: Slot) -> tuple[Scene, ...]:
    if kind == "short_texts":
        return _sorted(rng, item)
    answer, output = _answer(corpus, rng, kind)
    bare = Scene(plain(item.texts), answer, items=Items.SWEEP, output=output)
    if kind in {"factual", "format"}:
        return (bare,)
    wrappers = [_wrapper(rng, kind, item) for _ in range(_HARNESSES)]
    return (bare, *(job(each, answer, items=Items.SWEEP, output=output) for each in wrappers))


def _sorted(rng: np.random.Generator, item: Slot) -> tuple[Scene, ...]:
    classes = labels(rng)
    wrappers = [classify(rng, item, classes) for _ in range(_HARNESSES)]
    return tuple(job(each, label(rng, classes), items=Items.SWEEP, output=(3.0, 0.4)) for each in wrappers)


def _wrapper(rng: np.random.Generator, kind: str, item: Slot) -> Wrapper:
    if kind == "math":
        return solve_math(rng, item, boxed=bool(rng.random() < 0.5))  # noqa: PLR2004 - both customs are common
    if kind == "code_completion":
        return complete_code(rng, item)
    return exam_item(rng, item, language="zh" if kind.endswith("zh") else "en")


def _answer(corpus: Corpus, rng: np.random.Generator, kind: str) -> tuple[Wording, tuple[float, float]]:
    """How it is answered, and in how many tokens."""
    if kind.startswith("exam"):
        return label(rng, ("A", "B", "C", "D")), (3.0, 0.4)
    if kind == "code_completion":
        return code(corpus, rng), (180.0, 0.6)
    if kind == "math":
        return choose(rng, (reasoning(corpus, rng, ""), number(rng))), (210.0, 0.6)
    return prose(corpus, rng), (160.0, 0.7)
