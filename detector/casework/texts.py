"""What people write, before it is kept."""

from __future__ import annotations

from typing import Final

from detector.casework.errors import Refused

TAG: Final = 64
REASON: Final = 2_000
NOTE: Final = 20_000
"""characters at most"""


def checked(field: str, text: str, most: int, least: int = 1) -> str:
    """The text without space around it; raises `Refused` if it is empty, too long or no text."""
    text = text.strip()
    if not least <= len(text) <= most:
        raise Refused(f"{field} has {len(text)} characters; give {least} to {most:,}")
    # No database takes the one, nor UTF-8 the other.
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Refused(f"{field} has a character that is none; leave it out")
    return text


def checked_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Tags, each on one line; raises `Refused`."""
    for tag in tags:
        if not tag.isprintable():
            raise Refused("tag has a character that is not printed; leave it out")
    return tuple(checked("tag", tag, TAG) for tag in tags)
