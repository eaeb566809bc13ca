"""What came of a try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Result = Literal["sent", "retry", "refused"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`retry`: it may work later; `refused`: it never will."""

    result: Result
    error: str = ""
    """what went wrong, without secrets and without what was sent or answered"""
    after: int | None = None
    """ms for which the receiver asked to be left alone"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent at a try."""

    key: str
    """the same at every try, so that receivers can tell what they have already"""
    body: bytes
    """as `detector.exports.sending.rendering` made it"""


class Sending(Protocol):
    """A way to a sink; used by one thread at a time."""

    def send(self, parcel: Parcel, now: int) -> Outcome:
        """Try once, for some seconds at most; never raises for what the other side does."""
        ...
