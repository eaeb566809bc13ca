"""Fails when a source file is longer than 400 lines: a file holds one idea."""

from __future__ import annotations

import sys
from pathlib import Path

LIMIT = 400
SUFFIXES = {".py", ".sh", ".js", ".css", ".html"}
FOLDERS = ("features", "models", "streaming", "detector", "tests", "benchmarks", "tools", "client")


def length(path: Path) -> int:
    """Lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def too_long(root: Path) -> list[str]:
    """One message a file over the limit, in path order."""
    sources = (path for folder in FOLDERS for path in sorted((root / folder).rglob("*")))
    return [
        f"{path.relative_to(root)}: {lines} lines, over {LIMIT}: split it by idea"
        for path in sources
        if path.suffix in SUFFIXES and (lines := length(path)) > LIMIT
    ]


if __name__ == "__main__":
    problems = too_long(Path(__file__).parents[1])
    print("\n".join(problems), end="\n" if problems else "")
    sys.exit(bool(problems))
