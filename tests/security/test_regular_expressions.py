from __future__ import annotations

import ast
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGES = ("features", "models", "streaming", "detector", "client/src")
SECONDS = 1.0
LENGTH = 1000
"""characters: what takes their square takes a hundredth of a second, what takes their cube is found out"""
PIECES = (
    "a", "0", " ", "\t", ".", ",", "-", "_", "/", "\\", '"', "'", "=", ":", "`", "{", "[", "<", "\n", "a.",
    "a ", " - at `$", "0.", "a,", '\\"', "a=", "http://a", "é",
)  # fmt: skip


def expressions() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every expression of the product that is written out in one place."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
                    words = node.args[0] if node.args else None
                    if isinstance(words, ast.Constant) and isinstance(words.value, str):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", re.compile(words.value, re.DOTALL)


FOUND = dict(expressions())


def test_expressions_are_found() -> None:
    """Or the next test would test nothing."""
    assert len(FOUND) > 20


@pytest.mark.parametrize("place", FOUND)
def test_no_input_makes_an_expression_slow(place: str) -> None:
    """Long runs of what it may try to match in many ways, with and without an end that fails."""
    expression = FOUND[place]
    begun = time.process_time()
    for piece in PIECES:
        run = piece * (LENGTH // len(piece))
        for text in (run, f"{run}\0", f"a{run}!", f'"{run}'):
            expression.search(text)
            expression.fullmatch(text)
        assert time.process_time() - begun < SECONDS, f"{place} on {piece!r}"
