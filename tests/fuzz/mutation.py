"""Changed inputs out of kept ones, the same for the same seed: a taste of fuzzing for every test run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

LONGEST: Final = 4096
WORDS: Final = (
    b"\0", b"\xff", b"\n", b"\\", b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"-1", b"1e999",
    b"9" * 20, b"0.1", b"\\u0000", b"\\ud800", b"\xc3\xa9", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"NaN",
    b"'", b"=", b"[" * 70, b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x7f\xff\xff\xff", b"\x80\0\0\0",
)  # fmt: skip


def mutated(kept: Sequence[bytes], count: int, random: Random) -> Iterator[bytes]:
    """So many inputs, each one to four changes away from a kept one."""
    for _ in range(count):
        data = bytearray(random.choice(kept))
        for _ in range(random.randint(1, 4)):
            _change(data, kept, random)
        yield bytes(data[:LONGEST])


def _change(data: bytearray, kept: Sequence[bytes], random: Random) -> None:
    at = random.randint(0, len(data))
    kind = random.randrange(5)
    if kind == 0 and at < len(data):
        data[at] ^= 1 << random.randrange(8)
    elif kind == 1:
        data[at:at] = random.choice(WORDS)
    elif kind == 2:
        del data[at : at + random.randint(1, 16)]
    elif kind == 3:
        other = random.choice(kept)
        start = random.randint(0, len(other))
        data[at : at + random.randint(0, 64)] = other[start : start + random.randint(0, 64)]
    else:
        data[at : at + random.randint(1, 8)] = random.choice(WORDS)
