"""How long a fetched document may be used (RFC 9111, section 4.2; RFC 5861, section 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_MINUTE: Final = 60_000
_DAY: Final = 24 * 60 * _MINUTE

_MAX_AGE: Final = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?([0-9]{1,9})(?![0-9])', re.IGNORECASE)
_NEVER: Final = re.compile(r"(?:^|[,\s])no-(?:store|cache)(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """All in ms."""

    default: int = _DAY
    """where the issuer says nothing"""
    shortest: int = 5 * _MINUTE
    """so that no issuer makes us ask all the time"""
    longest: int = 7 * _DAY
    """so that a key that was taken back is not used for ever"""
    stale: int = 7 * _DAY
    """how much longer it is used while fetching fails"""
    retry: int = _MINUTE
    """between attempts that fail"""
    wanted: int = 5 * _MINUTE
    """between attempts for the sake of a key that is not known, which anybody can name"""

    def lifetime(self, cache_control: str, age: str) -> int:
        """For how long to use a document with these header fields."""
        stated = _MAX_AGE.search(cache_control)
        if _NEVER.search(cache_control):
            fresh = 0
        elif stated is None:
            fresh = self.default
        else:
            fresh = 1000 * (int(stated[1]) - (int(age) if age.isascii() and age.isdigit() else 0))
        return min(max(fresh, self.shortest), self.longest)
