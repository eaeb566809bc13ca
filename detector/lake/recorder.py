"""Takes from each tick what a lake keeps, and has it written once its hour is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.lake.layout import hour_of
from detector.lake.rows import Rows, joined
from detector.lake.taking import all_rows, rows_of
from features.account.fold import HOUR

if TYPE_CHECKING:
    from detector.lake.writer import LakeWriter
    from detector.ledger import Ledger, Tick
    from features.state import State

WAITING: Final = 24
"""Hours that are held while nothing can be written; of more the oldest is lost."""


class Recorder:
    """What it holds is a part of the leader's state: nothing that was taken is lost with a process.

    The same ticks make the same files, whenever processes end and whoever goes on.
    """

    def __init__(self, ledger: Ledger, writer: LakeWriter | None) -> None:
        """None: nothing is kept."""
        self._ledger = ledger
        self._writer = writer
        self._held: list[Rows] = []

    def observe(self, tick: Tick) -> None:
        """A tick was folded, and nothing after it."""
        if self._writer is None:
            return
        self._write(self._writer, hour_of(tick.end))
        self._held.append(rows_of(self._ledger, tick, events=self._writer.events))

    def finish(self, end: int) -> None:
        """A log has ended with the tick that ended at `end` (ms): write everything, and how all is now.

        Every account's row must be at hand.
        """
        if self._writer is None:
            return
        self._write(self._writer, hour_of(end) + 1)
        self._writer.close(end, all_rows(self._ledger, end), self._name_of)

    def state(self) -> State:
        """What `restore` needs."""
        self._held = [joined(self._held)]
        return self._held[0].state()

    def restore(self, state: State) -> None:
        """Go on from `state`, when the ledger is restored."""
        self._held = [] if self._writer is None else [Rows.of(state)]

    def _write(self, writer: LakeWriter, before: int) -> None:
        """Write the hours before one; what cannot be written is tried again with the next tick."""
        hours = self._hours(before)
        if not hours:
            return
        held = joined(self._held)
        for at, hour in enumerate(hours):
            try:
                writer.write(hour, held.until((hour + 1) * HOUR), self._name_of)
            except OSError as error:
                writer.failed(error)
                if len(hours) - at <= WAITING:
                    break
            held = held.since((hour + 1) * HOUR)
        self._held = [held]

    def _hours(self, before: int) -> list[int]:
        ends = [piece.ends() for piece in self._held]
        return sorted({hour for some in ends for end in some.tolist() if (hour := hour_of(end)) < before})

    def _name_of(self, account: int) -> str:
        return self._ledger.accounts.names[account]
