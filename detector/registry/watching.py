"""What looks on while a leader scores, and may never get in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from detector.telemetry.fields import Name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detector.ledger import Tick
    from detector.store.findings import SeriesPoint
    from detector.telemetry.logs import Log


class Watcher(Protocol):
    """Looks at each tick that was scored, and keeps nothing that outlives the process."""

    def watch(self, tick: Tick, judged: NDArray[np.int64]) -> list[SeriesPoint]:
        """Numbers about a tick; `judged` are the rows of the accounts that were scored in it."""
        ...


class FailureTold(Protocol):
    """Whoever is told of a watcher that failed."""

    def watcher_failed(self, name: str) -> None:
        """It looks on no more until the process is started again."""
        ...


class Guarded:
    """A watcher that, once it failed, is left out: what it watches for goes on."""

    def __init__(self, name: str, watcher: Watcher, told: FailureTold, log: Log) -> None:
        self._name = name
        self._watcher: Watcher | None = watcher
        self._told = told
        self._log = log

    def watch(self, tick: Tick, judged: NDArray[np.int64]) -> list[SeriesPoint]:
        """As `Watcher.watch`; nothing any more after a failure."""
        if self._watcher is None:
            return []
        try:
            return self._watcher.watch(tick, judged)
        except Exception as error:  # noqa: BLE001 - a challenger may fail in any way, and must not stop alerts
            self._watcher = None
            self._told.watcher_failed(self._name)
            self._log.error("watcher failed", watcher=Name(self._name), error=Name(type(error).__name__))
            return []
