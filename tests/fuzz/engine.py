"""One harness under atheris: `python -m tests.fuzz.engine NAME [options of libFuzzer]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import atheris  # type: ignore[import-untyped]  # it ships no types

from tests.fuzz.harnesses import corpus, harness

PACKAGES: Final = ("features", "models", "streaming", "detector", "tests.fuzz.targets")


def main() -> None:
    """Never returns."""
    name = sys.argv.pop(1)
    fuzz = _harness(name)
    # What kernels take to compile would be taken for a slow input.
    for path in corpus(name):
        fuzz(path.read_bytes())
    atheris.Setup(sys.argv, fuzz)
    atheris.Fuzz()


def _harness(name: str) -> Any:
    # What Numba compiles must stay as it was written.
    with atheris.instrument_imports(include=list(PACKAGES), exclude=_compiled()):
        return harness(name)


def _compiled() -> list[str]:
    return [
        ".".join(path.with_suffix("").parts)
        for package in PACKAGES
        for path in Path(package.replace(".", "/")).rglob("*.py")
        if "from numba import" in path.read_text(encoding="utf-8")
    ]


if __name__ == "__main__":
    main()
