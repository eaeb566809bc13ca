"""Bytes that the kernels know by name."""

from __future__ import annotations

from typing import Final

BACKSLASH: Final = ord("\\")
LETTER_U: Final = ord("u")
ZERO: Final = ord("0")
LETTER_A: Final = ord("a")
DASH: Final = ord("-")
COLON: Final = ord(":")
DOT: Final = ord(".")
LETTER_T: Final = ord("T")
LETTER_Z: Final = ord("Z")

ASCII_END: Final = 0x80
