"""Work with tools: coding assistants, what tools return, and tasks made for such assistants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.texts import Slot, Wording
from streaming.simulator.wordings.grammar import expand, pick, some
from streaming.simulator.wordings.phrases import phrases, wrap
from streaming.simulator.wordings.wrapper import compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.corpus import Corpus
    from streaming.simulator.wordings.wrapper import Wrapper

_TOOLS: Final = (
    "[read_file|open_file|view|cat]", "[write_file|create_file|save]", "[edit|apply_patch|modify]",
    "[run|bash|shell|terminal|exec]", "[search|grep|find_text|ripgrep]", "[list_dir|ls|tree|glob]",
    "[run_tests|pytest|test]", "[browse|fetch_url|web]", "[git_diff|git|commit]", "[sql|query_db|database]",
    "[todo|plan|notes]", "[python|notebook|calc]",
)  # fmt: skip
_PROGRAMMING: Final = ("Python", "Go", "TypeScript", "Rust", "Java", "C++", "Kotlin", "PHP")
_NUMBERS: Final = tuple(str(n) for n in range(400))


def agent_task(rng: np.random.Generator, item: Slot, programming: str | None = None) -> Wrapper:
    """A coding assistant with tools; the instructions are the system text, the task opens."""
    values = {"tools": _tools(rng), "programming": programming or pick(rng, _PROGRAMMING)}
    return wrap(rng, "agent_task", "en", {"item": item}, values, bare=0.95)


def make_trajectory(rng: np.random.Generator, item: Slot) -> Wrapper:
    """Agentic tasks and whole sessions to be made up."""
    return wrap(rng, "make_trajectory", "en", {"item": item}, {"tools": _tools(rng)})


def tool_result(corpus: Corpus, rng: np.random.Generator) -> Wording:
    """What the tools of one program return."""
    slots = {
        "snippet": _gap(rng, corpus.pool("snippets").texts),
        "record": _gap(rng, corpus.pool("tool_results").texts),
        "number": _gap(rng, _NUMBERS),
    }
    forms = some(rng, phrases("tool_result", "en").tasks, 2, 5)
    return Wording.of(*(compose(expand(rng, form), slots, {}) for form in forms))


def _tools(rng: np.random.Generator) -> str:
    return pick(rng, (", ", "; ", " / ")).join(expand(rng, tool) for tool in some(rng, _TOOLS, 3, 7))


def _gap(rng: np.random.Generator, texts: Sequence[str]) -> Slot:
    return Slot(texts, int(rng.integers(1, 1 << 30)))
