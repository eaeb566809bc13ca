"""How an experiment of many runs tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Step(Protocol):
    """Called before each run of an experiment."""

    def __call__(self, name: str, number: int, total: int) -> None:
        """Run `number` (from 1) of `total` begins; `name` says what it is about."""
        ...


def unseen(name: str, number: int, total: int) -> None:
    """Tell nobody."""
