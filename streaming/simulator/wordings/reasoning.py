"""Asking for reasoning: in tags, after the fact, from memory, under a pretence, cleaned, in a language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from streaming.simulator.wordings.grammar import expand, pick
from streaming.simulator.wordings.phrases import wrap

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.texts import Slot
    from streaming.simulator.wordings.wrapper import Wrapper

Ask: TypeAlias = Literal["tags", "posthoc", "memory", "debug"]

_TAGS: Final = (
    "think", "thinking", "reasoning", "thought", "scratchpad", "analysis", "steps", "work", "rationale",
    "deliberation", "notes", "logic", "process", "trace", "cot", "plan", "why",
)  # fmt: skip
_MARKS: Final = (
    ("<{}>", "</{}>"), ("[{}]", "[/{}]"), ("<|begin_{}|>", "<|end_{}|>"), ("{{{}}}", "{{/{}}}"),
    ("### {}", "### end"), ("<<{}>>", "<</{}>>"), ("BEGIN {}", "END {}"), ("@@{}", "{}@@"),
)  # fmt: skip
_TARGETS: Final = (
    "Japanese", "Korean", "Chinese", "Spanish", "Portuguese", "Hindi", "Arabic", "Turkish", "Indonesian",
    "Vietnamese", "German", "French", "Swahili", "Polish", "Thai", "katakana", "pinyin",
)  # fmt: skip


def elicit_reasoning(
    rng: np.random.Generator, item: Slot, answer: Slot | None = None, ask: Ask = "tags", language: str = "en"
) -> Wrapper:
    """The reasoning beside the answer; `posthoc` asks how a completed `answer` came about and needs it."""
    if ask == "posthoc":
        if answer is None:
            raise ValueError("elicit_reasoning: posthoc needs the slot `answer`; pass completed answers")
        return wrap(rng, "elicit_posthoc", language, {"question": item, "answer": answer})
    opened, closed = tag_pair(rng)
    values = {"open": opened, "close": closed, "target": pick(rng, _TARGETS)}
    return wrap(rng, f"elicit_{ask}", language, {"item": item}, values)


def tag_pair(rng: np.random.Generator) -> tuple[str, str]:
    """An opening mark and its end, in one of many forms."""
    opened, closed = pick(rng, _MARKS)
    tag = pick(rng, _TAGS)
    tag = expand(rng, f"[{tag}|{tag}|{tag.upper()}|{tag.title()}|my_{tag}]")
    return opened.format(tag), closed.format(tag)


def clean_trace(rng: np.random.Generator, question: Slot, trace: Slot, language: str = "en") -> Wrapper:
    """A given trace rewritten as clear steps."""
    return wrap(rng, "clean_trace", language, {"question": question, "trace": trace})


def multilingual_coercion(rng: np.random.Generator, item: Slot, target: str | None = None) -> Wrapper:
    """Thoughts demanded in a language (one is drawn without `target`)."""
    values = {"target": target or pick(rng, _TARGETS[:-2])}
    return wrap(rng, "multilingual_coercion", "en", {"item": item}, values)
