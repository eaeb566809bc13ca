"""Code: writing, completing, reviewing and testing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.wordings.phrases import wrap

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.texts import Slot
    from streaming.simulator.wordings.wrapper import Wrapper


def code_task(
    rng: np.random.Generator, item: Slot, programming: str = "Python", language: str = "en"
) -> Wrapper:
    """A programming task to solve."""
    return wrap(rng, "code_task", language, {"item": item}, {"programming": programming})


def complete_code(rng: np.random.Generator, item: Slot) -> Wrapper:
    """Code to continue."""
    return wrap(rng, "complete_code", "en", {"item": item})


def code_review(rng: np.random.Generator, item: Slot) -> Wrapper:
    """A change to comment on."""
    return wrap(rng, "code_review", "en", {"item": item})


def write_tests_for_task(rng: np.random.Generator, item: Slot, programming: str = "Python") -> Wrapper:
    """Tests, and mostly a reference solution, for a task."""
    return wrap(rng, "write_tests_for_task", "en", {"item": item}, {"programming": programming})
