"""Problems with an answer: exams, mathematics, and explanations for learners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.wordings.grammar import say
from streaming.simulator.wordings.phrases import wrap

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.texts import Slot
    from streaming.simulator.wordings.wrapper import Wrapper

_BOXED: Final = (
    "[Put|Place|Write|Give|Enclose] the [final |][answer|result] [in|inside|within] \\boxed{}.",
    "[The|Your] [final answer|last line|result] [must be|goes|belongs] in \\boxed{}[ at the end|].",
    "\\boxed{} [should hold|holds|contains] the [answer|final result][ and nothing else|].",
)
_PLAIN: Final = (
    "[Give|State|Write|Return] [just|only|] the [number|final answer|result][ at the end|].",
    "[The|Your] last line [is|must be|reads] 'Answer:' [and|followed by|with] the [number|result].",
    "[A|One] [single number|number|value] [is enough|will do|suffices].",
    "[Finish|End] with the [number|answer] [after|behind] '####'.",
)


def exam_item(
    rng: np.random.Generator, item: Slot, subject: str = "general knowledge", language: str = "en"
) -> Wrapper:
    """One multiple-choice question of an exam on `subject`."""
    return wrap(rng, "exam_item", language, {"item": item}, {"subject": subject})


def solve_math(rng: np.random.Generator, item: Slot, *, boxed: bool = False, language: str = "en") -> Wrapper:
    """One problem; the answer in a box (the custom of open mathematics data), or plain."""
    values = {"form": say(rng, _BOXED if boxed else _PLAIN)}
    if language != "en":
        values["form"] = "\\boxed{}" if boxed else ""
    return wrap(rng, "solve_math", language, {"item": item}, values)


def explain_steps(rng: np.random.Generator, item: Slot, language: str = "en") -> Wrapper:
    """A tutor's explanation, step by step."""
    return wrap(rng, "explain_steps", language, {"item": item})
