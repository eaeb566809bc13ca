"""The passwords that are guessed first, made from the patterns that most of them follow."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS: Final = (
    "password", "passwort", "passw0rd", "welcome", "letmein", "administrator", "admin", "qwerty", "qwertz",
    "iloveyou", "changeme", "secret", "default", "login", "summer", "winter", "spring", "autumn", "dragon",
    "monkey", "football", "princess", "sunshine", "stillwatch", "security", "test", "hello", "master",
)  # fmt: skip
_TAILS: Final = (
    "", "1", "12", "123", "1234", "12345", "123456", "1234567890", "!", "123!", "2024", "2025", "2026",
)  # fmt: skip
_ROWS: Final = (
    "1234567890", "0987654321", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "azertyuiop",
    "asdfghjkl", "yxcvbnm", "zxcvbnm", "qwertyuiopasdfghjklzxcvbnm", "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv",
)  # fmt: skip
_TIMES: Final = 64


def common(shortest: int) -> frozenset[str]:
    """A few hundred of them, in small letters, of at least `shortest` characters."""
    return frozenset(one for one in _candidates(shortest) if len(one) >= shortest)


def _candidates(shortest: int) -> Iterator[str]:
    for word, tail in product(_WORDS, _TAILS):
        yield word + tail
        yield word * 2 + tail
    for first, second in product(_ROWS, _ROWS):
        yield first + second
    for row, length in product(_ROWS, range(shortest, 21)):
        yield (row * _TIMES)[:length]


def repeats(text: str) -> bool:
    """Whether a text is a short piece again and again, such as `aaaa` or `abcabc`."""
    return any(
        text == (text[:size] * len(text))[: len(text)] for size in range(1, min(4, len(text) // 2) + 1)
    )
