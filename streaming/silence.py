"""Telling a quiet topic from brokers that are gone: clients reconnect for ever and without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

QUIET_SECONDS: Final = 10.0
"""How long polls may find nothing before the brokers are asked whether they are there."""

PROBE_SECONDS: Final = 2.0
"""How long they may take to answer that."""


class Silence:
    """How long the brokers have not been heard of; times in seconds."""

    def __init__(self, patience: float, clock: Callable[[], float]) -> None:
        self._patience = patience
        self._clock = clock
        self._heard = clock()
        self._asked = self._heard

    @property
    def seconds(self) -> float:
        """Since the last sign of life."""
        return self._clock() - self._heard

    @property
    def due(self) -> bool:
        """Whether it is time to ask."""
        quiet = min(QUIET_SECONDS, self._patience)
        return self._clock() - max(self._heard, self._asked) >= quiet

    def heard(self) -> None:
        """Note a sign of life."""
        self._heard = self._clock()

    def unanswered(self) -> bool:
        """Note that nobody answered; True once that has been so for longer than the patience."""
        self._asked = self._clock()
        return self.seconds > self._patience
