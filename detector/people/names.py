"""Names to sign in with."""

from __future__ import annotations

import unicodedata
from typing import Final

from detector.people.records import PeopleError

LONGEST: Final = 64
"""characters"""


def shown_name(text: str) -> str:
    """A name as it is kept. Raises `PeopleError` for one that cannot be typed or told apart."""
    name = unicodedata.normalize("NFKC", text).strip()
    if not 0 < len(name) <= LONGEST or not name.isprintable():
        raise PeopleError(f"name: {len(name)} characters; give 1 to {LONGEST} that can be printed")
    return name


def login_of(text: str) -> str:
    """A name as it is compared, in whatever case; empty for what is nobody's."""
    try:
        return unicodedata.normalize("NFKC", shown_name(text).casefold())
    except PeopleError:
        return ""
