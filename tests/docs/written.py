"""What pages say in code: blocks, commands among them, and names in running text."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = "stillwatch"
_BLOCK: Final = re.compile(r"^```[a-z]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INDENTED: Final = re.compile(r"\n\n((?: {4}.*\n)+)")
_CALL: Final = re.compile(r"(?:(?:^|[$(;&|/]) *stillwatch|^.* stillwatch-entrypoint) (?P<said>.*)")
"""At the start of a line, of a command after another, or in a container."""
_ENDS: Final = frozenset("|;&)<>")


def pages() -> list[Path]:
    """Every page that is written for people."""
    others = [ROOT / "models/default/README.md", ROOT / "client/README.md"]
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *others])


def blocks(page: str) -> list[str]:
    """Blocks of code, without their fences; and indented ones."""
    return [*_BLOCK.findall(page), *_INDENTED.findall(_BLOCK.sub("\n", page))]


def prose(page: str) -> str:
    """What stands around them."""
    return _BLOCK.sub("", page)


def calls(text: str) -> Iterator[list[str]]:
    """Arguments of each call of our program in lines of a shell, and in no other program's arguments."""
    for line in text.replace("\\\n", " ").splitlines():
        found = _CALL.search(line.strip())
        if found is not None:
            yield list(_arguments(found["said"]))


def _arguments(said: str) -> Iterator[str]:
    """Up to the end of the command: a comment, a pipe, a redirection or a bracket."""
    words = shlex.shlex(said, posix=True, punctuation_chars="|;&()<>")
    words.whitespace_split = True
    for word in words:
        if word[0] in _ENDS:
            return
        yield word
