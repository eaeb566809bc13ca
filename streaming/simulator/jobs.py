"""Jobs: scenes of programs, and what programs are set up with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from streaming.simulator.scenes import Scene
from streaming.simulator.texts import Wording
from streaming.simulator.wordings.phrases import BOOK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streaming.simulator.texts import Pool
    from streaming.simulator.wordings.wrapper import Wrapper

_T = TypeVar("_T")

_LABELS: Final = (
    ("positive", "negative", "neutral"),
    ("positive", "negative"),
    ("spam", "not spam"),
    ("world", "sports", "business", "science"),
    ("card", "transfer", "top-up", "exchange", "identity", "other"),
    ("question", "complaint", "request", "praise"),
    ("high", "medium", "low"),
    ("1", "2", "3", "4", "5"),
    ("relevant", "irrelevant"),
    ("A", "B", "C", "D"),
    ("sales", "support", "billing", "legal", "press"),
    ("yes", "no"),
    ("fact", "opinion", "advertising"),
    ("joy", "anger", "fear", "sadness", "surprise", "none"),
    ("lead", "no lead", "unclear"),
    ("finance", "health", "travel", "technology", "culture", "politics", "other"),
)
_ABROAD: Final = 0.2
"""Share of programs whose prompts are not in English."""
_FIELDS: Final = (
    "company", "date", "total", "address", "currency", "tax", "invoice_number", "items", "name",
    "email", "phone", "topic", "people", "places", "amount", "summary", "language", "due_date", "iban",
    "order_id", "category", "title", "author", "quantity", "unit_price", "event", "reason", "deadline",
    "product", "keywords",
)  # fmt: skip
LANGUAGES: Final = (
    "German", "French", "Spanish", "Italian", "Dutch", "Polish", "Portuguese", "Swedish", "Turkish",
    "Japanese", "Korean", "Chinese", "Arabic", "Czech", "Danish", "Finnish", "Greek", "Hindi",
    "Indonesian", "Ukrainian",
)  # fmt: skip
PROGRAMMING: Final = (
    "Python",
    "TypeScript",
    "Go",
    "Rust",
    "Java",
    "Kotlin",
    "C#",
    "C++",
    "Swift",
    "Ruby",
    "SQL",
)


def job(wrapper: Wrapper, answer: Wording, **traits: Any) -> Scene:
    """The scene of a program that puts `wrapper` around each item; `traits` are fields of `Scene`."""
    return Scene(Wording.of(wrapper.opening), answer, system=wrapper.system, **traits)


def labels(rng: np.random.Generator) -> tuple[str, ...]:
    """The classes of some classifier."""
    return choose(rng, _LABELS)


def record(rng: np.random.Generator) -> tuple[str, ...]:
    """The fields of some record."""
    return tuple(choose(rng, _FIELDS[k::5]) for k in rng.permutation(5)[: int(rng.integers(2, 6))])


def spoken(rng: np.random.Generator, intent: str) -> str:
    """The language that a program is written in: English in most, else one that has words for the intent."""
    others = [language for language in BOOK if language != "en" and intent in BOOK[language]]
    return choose(rng, others) if others and rng.random() < _ABROAD else "en"


def choose(rng: np.random.Generator, options: Sequence[_T]) -> _T:
    """One of several."""
    return options[int(rng.integers(len(options)))]


def owned(rng: np.random.Generator, pool: Pool, least: int, most: int) -> Pool:
    """The texts of one owner: a stretch of `pool`, its length log-uniform."""
    size = int(np.exp(rng.uniform(np.log(least), np.log(most))))
    return pool.part(int(rng.integers(len(pool))), size)


def stock(make: Callable[[], _T], count: int, most: int = 16) -> tuple[_T, ...]:
    """Up to `most` of what `count` accounts choose from: one model answers them in its own few ways."""
    return tuple(make() for _ in range(max(1, min(most, count))))
