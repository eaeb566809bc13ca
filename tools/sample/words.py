# ruff: noqa: E501 - a wording reads best on one line
"""Texts of the bundled sample log, put together from our own words: no corpus, no customer's text."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

_WORDS: Final = MappingProxyType({
    "thing": "kettle bicycle violin greenhouse printer elevator parachute lighthouse turbine ladder canoe telescope oven "
    "compass beehive bridge lantern tractor drone harbour glacier orchard library stadium tunnel canal quarry "
    "bakery museum ferry windmill cellar aquarium nursery workshop market observatory vineyard reservoir pier "
    "battery antenna gearbox pump valve sensor magnet piston lens fuse pulley spring boiler anchor pendulum",
    "place": "Norwood Estal Brindle Karvo Tamsin Oldmere Lisko Pellan Harrow Quayle Sorrel Vindby Maro Ashcombe Delft "
    "Juniper Wexholm Torrin Calder Fenmoor Ilsa Rovik Belmar Sutton Corva Hallow Minstrel Paxton Ridley Nerva",
    "person": "Imke Tobias Farah Lucien Oona Pradeep Selma Vasco Yuki Ansel Birgit Chidi Dalia Emil Greta Hamid Ines "
    "Jonas Kaia Leopold Mirela Nadir Odile Petra Quentin Rosa Stellan Thea Ulises Vera",
    "kind": "cheap heavy silent brittle waterproof portable ancient automatic narrow flexible reliable crowded seasonal "
    "volatile transparent hollow symmetrical rusty foldable wireless remote shallow fertile frozen magnetic loud",
    "act": "repair measure paint transport insulate rebuild inspect calibrate store clean photograph rent assemble "
    "balance cool heat lift drain seal sharpen align weigh polish replace anchor irrigate ventilate dismantle",
    "module": "cart ledger parser router cache session invoice search upload report mailer scheduler profile importer "
    "webhook export queue tagger renderer billing audit backup loader filter catalogue token",
    "good": "router subscription invoice parcel password refund app voucher warranty delivery",
})  # fmt: skip
_NUMBERS: Final = MappingProxyType({"few": (2, 41), "some": (3, 97), "many": (100, 999_999)})
_SLOT: Final = re.compile(r"\{(\w+)\}")

QUESTIONS: Final = (
    "why is a {kind} {thing} so hard to {act}?",
    "any idea for a weekend near {place}, we like the {thing}",
    "is a {kind} {thing} better than a {kind} {thing}",
    "help me word a birthday note for {person} who loves her {thing}",
    "what should I check before I buy a {kind} {thing} in {place}",
    "who invented the {thing} and when",
    "my {thing} makes a noise when I {act} it, what now",
)
"""What a curious person asks, in small talk's spelling."""

PROBLEMS: Final = (
    "{person} can {act} {some} {kind} {thing}s in {few} hours. {person} needs {some} minutes for each. How many are done when both have worked for {few} hours at the {thing}?",
    "A {kind} {thing} in {place} loses {some} percent of its {thing} pressure every {few} days. After how many days is less than 1/{few} of {many} left?",
    "The {thing} of {place} has {many} tiles in {few} rows. {person} wants to {act} every {some}th of them so that no two {kind} ones touch. Is it possible, and in how many ways?",
    "Write a function that takes a list of {thing} weights and a limit of {many}, and returns the fewest {kind} {thing}s needed to {act} them all, at most {few} in each.",
    "Prove or disprove: if every {kind} {thing} that {person} can {act} is {kind}, then among any {some} of them {few} are {kind} as well.",
)
"""Problems with one answer, each with numbers and names of its own."""

STATEMENTS: Final = (
    "{person} moved the {kind} {thing} from {place} to {place}.",
    "The {kind} {thing} must be {kind} before we {act} it.",
    "On day {some} the {thing} at {place} was closed.",
    "We offer to {act} your {thing} for {few} crowns.",
)
"""Statements out of an office day."""

COMPLAINTS: Final = (
    "Hello, the {good} I got in {place} is {kind}, order {many}",
    "my {good} does not arrive since {few} days",
    "How do I change the {good}? {person} told me to call but nobody answers",
    "I want the money back for a {good}, it would not {act} my {thing}",
)
"""What a customer writes to a help desk."""

CHORES: Final = (
    "fix the failing test in {module}_{module}.py",
    "rename {module} to {module} across the project",
    "the {module} page loads slowly, find out why",
    "add a {kind} option to the {module} command",
    "review my change of {module}/{module}.ts",
)
"""What a programmer asks of an agent."""

FINDINGS: Final = ("{module}/{module}.py:{some}: def {act}_{thing}()",)
"""A line that a tool of an agent prints."""

THING: Final = ("{kind} {thing}",)
PLACE: Final = ("{place}",)

_CHOICES: Final = MappingProxyType({name: tuple(words.split()) for name, words in _WORDS.items()})


def fill(rng: Random, wordings: tuple[str, ...]) -> str:
    """One of the wordings, its slots filled."""
    return _SLOT.sub(lambda slot: _word(rng, slot[1]), rng.choice(wordings))


def several(rng: Random, wordings: tuple[str, ...], count: int, between: str = " ") -> str:
    """As many of them."""
    return between.join(fill(rng, wordings) for _ in range(count))


def _word(rng: Random, name: str) -> str:
    if name in _NUMBERS:
        return str(rng.randint(*_NUMBERS[name]))
    return rng.choice(_CHOICES[name])
