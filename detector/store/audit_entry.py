"""An entry of the audit and its digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

DIGEST: Final = 32
"""bytes of a digest: BLAKE2b (RFC 7693)"""
BEGINNING: Final = bytes(DIGEST)
"""what the first entry has for a digest of the one before"""
_NOTHING: Final = b"\xff" * 8
"""a length that nothing has"""


class Said(Protocol):
    """What somebody did, as whoever appends it puts it."""

    @property
    def time(self) -> int:
        """Of the wall clock, ms."""
        ...

    @property
    def actor(self) -> str:
        """Who did it: a user's id, a key's name, or the detector."""
        ...

    @property
    def action(self) -> str:
        """What was done, in one word."""
        ...

    @property
    def object_kind(self) -> str:
        """What kind of thing it was done to."""
        ...

    @property
    def object_id(self) -> str:
        """The thing's id."""
        ...

    @property
    def before(self) -> bytes | None:
        """JSON of what changed, as it was."""
        ...

    @property
    def after(self) -> bytes | None:
        """JSON of what changed, as it is now."""
        ...

    @property
    def why(self) -> str:
        """The reason given."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody did something. Fields as of `Said`."""

    time: int
    actor: str
    action: str
    object_kind: str
    object_id: str
    before: bytes | None = None
    after: bytes | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The entry that a chain ended with at some time; kept elsewhere, it shows later what was cut off."""

    number: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.digest.hex()}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry in its place in the chain."""

    number: int
    """1, 2, 3, … without gaps"""
    entry: Entry
    previous: bytes
    digest: bytes


def parse_head(text: str) -> Head:
    """A head as it is printed; raises `ValueError` if it is none."""
    number, _, digest = text.partition(":")
    try:
        head = Head(int(number), bytes.fromhex(digest))
    except ValueError:
        head = Head(0, b"")
    if head.number < 1 or len(head.digest) != DIGEST:
        raise ValueError("head is not NUMBER:DIGEST; give one as `stillwatch audit verify` printed it")
    return head


def digest_of(number: int, said: Said, previous: bytes) -> bytes:
    """BLAKE2b over all fields, each under its length, so that no two entries are the same bytes."""
    state = hashlib.blake2b(previous, digest_size=DIGEST, person=b"stillwatch-audit")
    for whole in (number, said.time):
        state.update(whole.to_bytes(8, "big", signed=True))
    for field in (
        said.actor.encode(),
        said.action.encode(),
        said.object_kind.encode(),
        said.object_id.encode(),
        said.before,
        said.after,
        said.why.encode(),
    ):
        state.update(_NOTHING if field is None else len(field).to_bytes(8, "big") + field)
    return state.digest()
