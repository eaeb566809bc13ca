"""The harnesses by name, and the corpus of each."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

HERE: Final = Path(__file__).parent
CORPUS: Final = HERE / "corpus"


def names() -> list[str]:
    """Every harness is a module of `targets` with a `fuzz(data)`, which asserts what its decoder promises."""
    return sorted(path.stem for path in (HERE / "targets").glob("*.py"))


def harness(name: str) -> Callable[[bytes], None]:
    """The function of one; raises `ModuleNotFoundError` for a name that is none of `names`."""
    fuzz: Callable[[bytes], None] = import_module(f"tests.fuzz.targets.{name}").fuzz
    return fuzz


def corpus(name: str) -> list[Path]:
    """The inputs that are kept for one, in the order of their names."""
    return sorted((CORPUS / name).iterdir())
