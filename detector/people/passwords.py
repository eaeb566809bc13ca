"""Which passwords may be chosen: long ones that are not guessed first (NIST SP 800-63B, 5.1.1.2).

No rules of composition, no hints, no expiry: these make passwords worse.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from detector.people.common import common, repeats
from detector.people.names import login_of
from detector.people.records import PeopleError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

SHORTEST: Final = 12
"""characters"""
LONGEST: Final = 256
"""characters; longer ones would only make hashing dear"""
BEYOND_NAME: Final = 8
"""characters that a password must have besides the name of its owner"""
COMMON: Final[AbstractSet[str]] = common(SHORTEST)


def normal(password: str) -> str:
    """As it is hashed: the same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, name: str) -> None:
    """Raise `PeopleError` for a password that its owner must not choose."""
    chosen = normal(password)
    if not SHORTEST <= len(chosen) <= LONGEST:
        raise PeopleError(f"password: {len(chosen)} characters; choose {SHORTEST} to {LONGEST}")
    plain = chosen.casefold()
    if len(plain.replace(login_of(name), "")) < BEYOND_NAME:
        raise PeopleError("password: it is made of your name; choose one that says nothing of you")
    if plain in COMMON or repeats(plain):
        raise PeopleError("password: it is among those that are guessed first; choose a few unrelated words")
