"""Phrases of intents in languages other than English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streaming.simulator.wordings.phrases import Phrases

FOREIGN: Final[Mapping[tuple[str, str], Phrases]] = {}


def in_language(intent: str, english: Phrases, language: str) -> Phrases:
    """The phrases of `intent` in `language`; raises `KeyError` where there are none."""
    if language == "en":
        return english
    if (intent, language) not in FOREIGN:
        have = sorted(other for name, other in FOREIGN if name == intent)
        raise KeyError(f"wording {intent}: no language {language!r}; one of en, {', '.join(have)}")
    return FOREIGN[intent, language]
