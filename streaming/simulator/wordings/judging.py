"""Judging: ratings, comparisons, grades and checks of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.wordings.grammar import pick, some
from streaming.simulator.wordings.phrases import wrap

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.texts import Slot
    from streaming.simulator.wordings.wrapper import Wrapper

_CRITERIA: Final = (
    "accuracy", "helpfulness", "clarity", "depth", "honesty", "safety", "tone", "relevance", "completeness",
    "instruction following", "concision", "creativity", "factuality", "structure", "coherence", "politeness",
)  # fmt: skip
_SCALES: Final = (
    "1 to 10",
    "1 to 5",
    "0 to 10",
    "0 to 100",
    "1 and 10",
    "1-10",
    "one to ten",
    "0 to 4",
    "1 to 7",
)


def judge_single(rng: np.random.Generator, question: Slot, answer: Slot, language: str = "en") -> Wrapper:
    """One answer rated on a scale."""
    values = {"criteria": _criteria(rng), "scale": pick(rng, _SCALES)}
    return wrap(rng, "judge_single", language, {"question": question, "answer": answer}, values)


def judge_pair(
    rng: np.random.Generator, question: Slot, first: Slot, second: Slot, language: str = "en"
) -> Wrapper:
    """The better of two answers."""
    slots = {"question": question, "first": first, "second": second}
    return wrap(rng, "judge_pair", language, slots, {"criteria": _criteria(rng)})


def grade_answer(rng: np.random.Generator, question: Slot, answer: Slot, language: str = "en") -> Wrapper:
    """A student's answer graded by a teacher."""
    return wrap(rng, "grade_answer", language, {"question": question, "answer": answer})


def verify_trace(rng: np.random.Generator, question: Slot, trace: Slot) -> Wrapper:
    """The steps of a solution checked one by one."""
    return wrap(rng, "verify_trace", "en", {"question": question, "trace": trace})


def _criteria(rng: np.random.Generator) -> str:
    *others, last = some(rng, _CRITERIA, 2, 4)
    return f"{', '.join(others)} and {last}"
