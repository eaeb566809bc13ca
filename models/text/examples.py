"""Labelled prompts: our wordings filled with permissive items, and corpora."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from features.text.purposes import JUDGING, ORDINARY, REASONING, REFUSAL, REWRITING, SYNTHESIS
from models.text.corpora import ASKS, CHECKING, FILLING, TEACHING, Corpus, read
from models.text.phrasebook import items, judging, ordinary, reasoning, refusal, rewriting, synthesis

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

PHRASEBOOK: Final = {
    REASONING: reasoning.WORDINGS,
    JUDGING: judging.WORDINGS,
    SYNTHESIS: synthesis.WORDINGS,
    REWRITING: rewriting.WORDINGS,
    REFUSAL: refusal.WORDINGS,
    ORDINARY: ordinary.WORDINGS,
}
FILLS: Final = {"en": 40, "zh": 40}
"""Times a wording is filled; `OTHER_FILLS` in other languages."""
OTHER_FILLS: Final = 16
LONGEST_ITEM: Final = 1500
FOREIGN_ITEMS: Final = 0.15
"""Share of items in another language than the wording, so that the item's language says nothing."""


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt with its purpose and where it is from."""

    text: str
    purpose: str
    source: str
    """a corpus, or `purpose/family` of our phrasebook: what leave-one-out leaves out"""
    group: str
    """the wording, or the row itself: what is resampled for an interval"""
    lang: str


def teaching_examples(data: Path, rng: np.random.Generator) -> list[Example]:
    """Everything that may teach: permissive corpora and our filled wordings."""
    corpora = [example for corpus in TEACHING for example in _of_corpus(data, corpus, rng)]
    return corpora + _of_phrasebook(_fillers(data, rng), rng)


def checking_examples(data: Path, rng: np.random.Generator) -> list[Example]:
    """The corpora that only validate; rows that ask for a purpose in so many words are its positives."""
    return [_relabelled(example) for corpus in CHECKING for example in _of_corpus(data, corpus, rng)]


def _of_corpus(data: Path, corpus: Corpus, rng: np.random.Generator) -> list[Example]:
    return [
        Example(text, corpus.purpose, corpus.file, f"{corpus.file}:{i}", lang)
        for i, (text, lang) in enumerate(read(data, corpus, rng))
    ]


def _relabelled(example: Example) -> Example:
    if example.purpose != ORDINARY:
        return example
    for purpose, asks in ASKS.items():
        if asks.search(example.text[:600]):
            return Example(example.text, purpose, f"asks:{purpose}", example.group, example.lang)
    return example


def _fillers(data: Path, rng: np.random.Generator) -> dict[str, list[str]]:
    fillers = {lang: list(texts) for lang, texts in items.ITEMS.items()}
    drawn = [read(data, Corpus(file, ORDINARY, 500), rng) for file in FILLING]
    fillers["en"] = [text[:LONGEST_ITEM] for rows in drawn for text, lang in rows if lang == "en"]
    toolcall = read(data, Corpus("c_glaive_toolcall", ORDINARY, 2000), rng)
    fillers["zh"] += [text[:LONGEST_ITEM] for text, lang in toolcall if lang == "zh"]
    return fillers


def _of_phrasebook(fillers: dict[str, list[str]], rng: np.random.Generator) -> list[Example]:
    made = []
    for purpose, families in PHRASEBOOK.items():
        for family, languages in families.items():
            for lang, wordings in languages.items():
                for i, wording in enumerate(wordings):
                    group = f"{purpose}/{family}/{lang}/{i}"
                    for _ in range(FILLS.get(lang, OTHER_FILLS)):
                        text = _filled(wording, lang, fillers, rng)
                        made.append(Example(text, purpose, f"{purpose}/{family}", group, lang))
    return made


def _filled(wording: str, lang: str, fillers: dict[str, list[str]], rng: np.random.Generator) -> str:
    def pick(options: tuple[str, ...] | list[str]) -> str:
        return options[int(rng.integers(len(options)))]

    def item() -> str:
        foreign = rng.random() < FOREIGN_ITEMS
        return pick(fillers[pick(list(fillers)) if foreign else lang])

    return wording.format(
        item=item(),
        second=item(),
        third=item(),
        tag=pick(items.TAGS),
        n=int(rng.integers(2, 60)),
        domain=pick(items.DOMAINS[lang]),
        language=pick(items.LANGUAGES),
    )
