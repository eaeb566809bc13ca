"""What goes on beside the console: cases follow what is found, and findings go out to sinks."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from detector.casework.bulk import BulkChanges
from detector.casework.keeper import CaseKeeper
from detector.exports.assembly import Exports
from detector.telemetry.fields import Failure, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from detector.store.database import Database
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log

PAUSE: Final = 1.0
"""seconds between two rounds in which there was nothing to do"""
REST: Final = 0.1
"""seconds between two portions of a change of many cases: who waits to write looks as often"""


class Errand:
    """Done over and over; a store that is away, or a fault, is told once and tried again."""

    def __init__(self, name: str, step: Callable[[], bool], log: Log, rest: float = 0.0) -> None:
        """`step` says whether there is more to do, after `rest` seconds in which others may write."""
        self._name = name
        self._step = step
        self._log = log
        self.rest = rest
        self._failing = False

    def go(self) -> bool:
        """One round; whether there is more to do."""
        try:
            more = self._step()
        except Exception as error:  # noqa: BLE001 - cases that stop following alerts would look like quiet
            return self._fails(error)
        self._failing = False
        return more

    def _fails(self, error: Exception) -> bool:
        if not self._failing:
            self._log.error("errand failed; trying again", errand=Name(self._name), failure=Failure(error))
        self._failing = True
        return False


@contextmanager
def running_errands(database: Database, environ: Mapping[str, str], clock: Clock, log: Log) -> Iterator[None]:
    """Do errands, each in a thread of its own, until the end of the block.

    Any number of processes may. Raises `ExportError` where the environment names no networks.
    """
    keeper, bulk = CaseKeeper(database), BulkChanges(database)
    exports = Exports(database, environ, clock.now)
    errands = (
        Errand("cases", lambda: keeper.follow(clock.now()) > 0, log),
        Errand("exports", lambda: bool(exports.step()), log),
        Errand("bulk", lambda: _go_on(bulk, clock.now()), log, REST),
    )
    over = threading.Event()
    threads = [
        threading.Thread(target=_repeat, args=(errand, over), name=f"stillwatch-{number}")
        for number, errand in enumerate(errands)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
        exports.close()


def _repeat(errand: Errand, over: threading.Event) -> None:
    while not over.is_set():
        over.wait(errand.rest if errand.go() else PAUSE)


def _go_on(bulk: BulkChanges, now: int) -> bool:
    """The next portion of a change of many cases, if one goes on."""
    job_id = bulk.unfinished()
    if job_id is not None:
        bulk.step(job_id, now)
    return job_id is not None
