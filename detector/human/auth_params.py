"""Header fields of HTTP authentication: schemes with parameters (RFC 9110, section 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from detector.human.errors import Malformed

LONGEST: Final = 16_384
"""Characters of a header field that are read at all."""

_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_QUOTED: Final = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t\x20-\x7e\x80-\U0010ffff])*+"'
_END: Final = r"(?=[ \t]*+(?:,|$))"
_PARAMETER: Final = re.compile(rf"({_WORD})[ \t]*+=[ \t]*+({_WORD}|{_QUOTED}){_END}")
_SCHEME: Final = re.compile(rf"({_WORD})(?=[ ,]|$)")
# A scheme may have this, the grammar's token68, instead of parameters.
_BLOB: Final = re.compile(rf"[ ]++[A-Za-z0-9._~+/-]++=*+{_END}")
_BETWEEN: Final = re.compile(r"[ \t,]*+")
_ESCAPED: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class AuthItem:
    """One challenge or one set of credentials."""

    scheme: str
    """as sent; schemes are compared without regard to case"""
    parameters: dict[str, str] = field(default_factory=dict, repr=False)
    """values by names in lower case, without quotes"""


def parse_items(value: str) -> tuple[AuthItem, ...]:
    """The schemes of one header field in order, each with its parameters.

    Raises `Malformed`, also for a parameter that occurs twice.
    """
    if len(value) > LONGEST:
        raise Malformed(f"authentication header is over {LONGEST} characters; send one token")
    items: list[AuthItem] = []
    at = _skip(value, 0)
    while at < len(value):
        at = _skip(value, _take(value, at, items))
    return tuple(items)


def _take(value: str, at: int, items: list[AuthItem]) -> int:
    """Read a parameter or a scheme; where it ends."""
    if found := _PARAMETER.match(value, at):
        _add(items, found[1].lower(), found[2])
        return found.end()
    if found := _SCHEME.match(value, at):
        items.append(AuthItem(found[1]))
        blob = _BLOB.match(value, found.end())
        return blob.end() if blob else found.end()
    raise Malformed("authentication header is neither a scheme nor name=value; quote values with other signs")


def _add(items: list[AuthItem], name: str, raw: str) -> None:
    if not items:
        raise Malformed("authentication header begins with a parameter; put the scheme first")
    if name in items[-1].parameters:
        raise Malformed("authentication header has a parameter twice; send it once")
    items[-1].parameters[name] = _ESCAPED.sub(r"\1", raw[1:-1]) if raw.startswith('"') else raw


def _skip(value: str, at: int) -> int:
    found = _BETWEEN.match(value, at)
    return found.end() if found else at
