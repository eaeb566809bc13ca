"""Openings: how people put what they ask when no program puts it for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.texts import Pool, Slot, Template, Wording

if TYPE_CHECKING:
    from streaming.simulator.texts import Texts

_GREETINGS: Final = Pool.of(
    "greetings",
    ("Hi!", "Hello,", "hey,", "Good morning.", "ok so", "Quick question:", "Hi there,", "Question:", "Hmm,",
     "I need some help.", "Could you help me with this?", "new topic.", "Sorry to bother you again:", "So:"),
)  # fmt: skip
_WISHES: Final = Pool.of(
    "wishes",
    ("Please keep it short.", "thanks!", "Give an example if you can.", "In simple words please.",
     "Thank you.",
     "Be honest.", "No lists please.", "A few sentences are enough.", "I'm in a hurry.", "I'm a beginner.",
     "Explain why, not only what.", "Use bullet points.", "It's for work.",
     "English is not my first language.",
     "Any pitfalls?", "What would you do?", "As detailed as you can.", "Not too formal please."),
)  # fmt: skip
_STEPS: Final = Pool.of(
    "steps",
    ("Think step by step.", "Show your work.", "Please reason it through before you answer.",
     "Walk me through it.",
     "Explain each step so that I can follow.", "Don't skip steps.", "How do you get there?", "Why?",
     "Take your time and think carefully.", "Let me see the reasoning, not just the result.",
     "First think, then answer.", "Show the full working please.", "I want to understand every step."),
)  # fmt: skip


def asked(texts: Texts) -> Wording:
    """`texts` as they are, mostly; greetings and wishes around some."""
    item = Slot(texts)
    return Wording.of(
        Template(("", ""), (item,)),
        Template(("", ""), (item,)),
        Template(("", ""), (item,)),
        Template(("", " ", ""), (Slot(_GREETINGS.texts, 11), item)),
        Template(("", " ", ""), (item, Slot(_WISHES.texts, 12))),
        Template(("", "\\n\\n", ""), (item, Slot(_WISHES.texts, 13))),
        Template(("", " ", " ", ""), (Slot(_GREETINGS.texts, 14), item, Slot(_WISHES.texts, 15))),
    )


def asked_for_steps(texts: Texts) -> Wording:
    """`texts` with the wish to see how the answer comes about."""
    item = Slot(texts)
    return Wording.of(
        Template(("", " ", ""), (item, Slot(_STEPS.texts, 16))),
        Template(("", "\\n\\n", ""), (item, Slot(_STEPS.texts, 17))),
        Template(("", " ", " ", ""), (Slot(_GREETINGS.texts, 18), item, Slot(_STEPS.texts, 19))),
        Template(("", "\\n", " ", ""), (item, Slot(_STEPS.texts, 20), Slot(_WISHES.texts, 21))),
    )


def said(texts: Texts, salt: int = 1) -> Wording:
    """`texts` alone, each turn another."""
    return Wording.of(Template(("", ""), (Slot(texts, salt),)))


def plain(texts: Texts) -> Wording:
    """`texts` alone, by the item: the same item is the same prompt."""
    return Wording.of(Template(("", ""), (Slot(texts),)))
