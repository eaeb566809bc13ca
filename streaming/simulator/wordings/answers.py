"""Wordings of what comes back, by the kind of answer. Every account or scene draws its own."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from streaming.simulator.texts import BY_ITEM, Slot, Template, Wording, escape
from streaming.simulator.wordings.grammar import chance, expand, pick, shuffled, some
from streaming.simulator.wordings.wrapper import compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.corpus import Corpus

_BOOK: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    files(__package__).joinpath("book", "answers.toml").read_text("utf-8")
)
_SENTENCES: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight")
_ASKS: Final = ("ask_a", "ask_b", "ask_c", "ask_d")
_NUMBERS: Final = tuple(str(n) for n in range(1, 1_000)) + tuple(f"{n}.{n % 10}" for n in range(1, 99))
_RATINGS: Final = (
    tuple("12345"),
    tuple(str(n) for n in range(1, 11)),
    tuple(f"{n / 2:g}" for n in range(2, 21)),
)
_MOST: Final = 6
"""templates of a wording"""


def prose(corpus: Corpus, rng: np.random.Generator, kind: str = "sentences") -> Wording:
    """Paragraphs and lists out of the texts of `kind`."""
    return _wording(rng, "prose", _sentences(corpus, rng, kind))


def code(corpus: Corpus, rng: np.random.Generator) -> Wording:
    """A block of code and some words on it."""
    return _wording(rng, "code", _sentences(corpus, rng) | _code_slots(corpus, rng))


def label(rng: np.random.Generator, labels: Sequence[str]) -> Wording:
    """One of `labels`, always put in the same way."""
    return _wording(rng, "label", {"label": _gap(rng, [escape(text) for text in labels])}, most=1)


def number(rng: np.random.Generator) -> Wording:
    """A number."""
    return _wording(rng, "number", {"number": _gap(rng, _NUMBERS)}, most=2)


def json_record(corpus: Corpus, rng: np.random.Generator, fields: Sequence[str]) -> Wording:
    """One JSON object with `fields`, texts and numbers."""
    slots: dict[str, Slot] = {}
    parts = []
    for name, at in zip(fields, range(len(fields)), strict=True):
        key = f"value_{chr(97 + at // 26)}{chr(97 + at % 26)}"
        plain = chance(rng, 0.5)
        texts = _NUMBERS if plain else corpus.pool("short_texts").texts
        slots[key] = _gap(rng, texts)
        parts.append(f'"{name}": {{{key}}}' if plain else f'"{name}": "{{{key}}}"')
    record = "{" + pick(rng, (", ", ",\n ", ",")).join(parts) + "}"
    forms = _BOOK["json_record"]["texts"]
    return Wording.of(compose(expand(rng, pick(rng, forms)).replace("{record}", record), slots, {}))


def reasoning(corpus: Corpus, rng: np.random.Generator, tag: str | None = None) -> Wording:
    """Steps and a result; between `tag` and its end tag, or as the draw has it."""
    opened = expand(rng, _BOOK["words"]["open_tag"]) if tag is None else f"<{tag}>" if tag else ""
    values = {
        "open_tag": opened,
        "close_tag": opened.replace("<", "</") if opened.startswith("<") else "",
        "answer": expand(rng, pick(rng, _BOOK["reasoning"]["answers"])),
    }
    slots = _sentences(corpus, rng) | {
        name: _gap(rng, _NUMBERS) for name in ("number", "number_a", "number_b")
    }
    return _wording(rng, "reasoning", slots, values, most=4)


def verdict(corpus: Corpus, rng: np.random.Generator, *, pair: bool = False) -> Wording:
    """A rating with its rationale, or which of two is better."""
    slots = _sentences(corpus, rng)
    slots["rating"] = _gap(rng, pick(rng, _RATINGS))
    slots["side"] = _gap(
        rng, pick(rng, (("A", "B"), ("A", "B", "tie"), ("1", "2"), ("[[A]]", "[[B]]", "[[C]]")))
    )
    return _wording(rng, "verdict", slots, most=2, texts="pair_texts" if pair else "texts")


def task_list(corpus: Corpus, rng: np.random.Generator, kind: str = "instructions") -> Wording:
    """New tasks out of the texts of `kind`."""
    texts = corpus.pool(kind).texts
    slots = _sentences(corpus, rng) | {name: _gap(rng, texts) for name in _ASKS}
    return _wording(rng, "task_list", slots, most=2)


def refusal(corpus: Corpus, rng: np.random.Generator) -> Wording:
    """The model declines."""
    return _wording(rng, "refusal", _sentences(corpus, rng))


def translation(corpus: Corpus, kind: str = "translation_de") -> Wording:
    """A text of `kind`, chosen by the item: the same item always has the same translation."""
    return Wording.of(Template(("", ""), (Slot(corpus.pool(kind).texts, BY_ITEM),)))


def trajectory(corpus: Corpus, rng: np.random.Generator) -> Wording:
    """Steps of an agent: a thought, a call of a tool, a patch, a report."""
    slots = _sentences(corpus, rng) | _code_slots(corpus, rng)
    slots["number_a"] = _gap(rng, _NUMBERS)
    return _wording(rng, "trajectory", slots, most=7)


def _wording(
    rng: np.random.Generator,
    kind: str,
    slots: dict[str, Slot],
    values: dict[str, str] | None = None,
    *,
    most: int = _MOST,
    texts: str = "texts",
) -> Wording:
    forms = some(rng, _BOOK[kind][texts], 1 if most < _MOST else 3, most)
    return Wording.of(*(compose(_said(rng, form, values or {}), slots, {}) for form in forms))


def _said(rng: np.random.Generator, form: str, values: dict[str, str]) -> str:
    for name, text in (_BOOK["words"] | values).items():
        form = form.replace(f"{{{name}}}", text)
    return expand(rng, form).strip()


def _sentences(corpus: Corpus, rng: np.random.Generator, kind: str = "sentences") -> dict[str, Slot]:
    texts = corpus.pool(kind).texts
    return {name: _gap(rng, texts) for name in shuffled(rng, _SENTENCES)}


def _code_slots(corpus: Corpus, rng: np.random.Generator) -> dict[str, Slot]:
    return {
        "block": _gap(rng, corpus.pool("code_blocks").texts),
        "snippet": _gap(rng, corpus.pool("snippets").texts),
    }


def _gap(rng: np.random.Generator, texts: Sequence[str]) -> Slot:
    return Slot(texts, int(rng.integers(1, 1 << 30)))
