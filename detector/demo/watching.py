"""What a terminal shows while the log runs through: how far it is, and alerts as they arrive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from rich.console import Console

    from detector.demo.sample import SampleLog
    from detector.store.findings import AlertRecord
    from detector.store.interface import Store

_PAGE: Final = 100


class Watch:
    """Looks into the store whenever asked; a context manager, used by one thread."""

    def __init__(self, console: Console, store: Store, log: SampleLog, tick: int) -> None:
        """`tick` in ms."""
        self._store = store
        self._first = log.times[0] // tick
        self._alerts = 0
        self._seen = set[str]()
        self._bar = Progress(
            TextColumn("{task.fields[moment]}"),
            BarColumn(),
            TextColumn("{task.fields[events]:,} events  {task.fields[ticks]:,} ticks"),
            TextColumn("{task.fields[alerts]:,} alerts"),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._bar.add_task("", total=len(log.lines), moment="", events=0, ticks=0, alerts=0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def look(self, sent: int, moment: int) -> None:
        """Show how it stands, `sent` lines up to `moment` (ms) on their way. Raises `StoreError`."""
        for found in self._store.alerts(self._alerts, _PAGE):
            self._alerts = found.version
            self._tell(found.alert)
        events = sum(one.counts.accepted for one in self._store.partitions())
        self._bar.update(
            self._task,
            completed=sent,
            moment=_minute(moment),
            events=events,
            ticks=self._ticks(),
            alerts=len(self._seen),
        )

    def is_through(self, accepted: int) -> bool:
        """Whether all that the ingest accepted was read, scored and stored. Raises `StoreError`."""
        read = self._store.partitions()
        if sum(one.counts.read for one in read) < accepted or not all(one.idle for one in read):
            return False
        lead = self._store.leadership()
        return lead.closed == lead.concluded and self._store.frames_waiting(lead.concluded) == 0

    def _ticks(self) -> int:
        """Since the log began."""
        concluded = self._store.leadership().concluded
        return 0 if concluded is None else max(0, concluded - self._first + 1)

    def _tell(self, alert: AlertRecord) -> None:
        new = alert.alert_id not in self._seen
        self._seen.add(alert.alert_id)
        if new or alert.status != "open":
            what = f"{alert.kind} {alert.subject_id}  {alert.label}  score {alert.score:.3f}"
            state = "" if alert.status == "open" else f"  {alert.status}"
            said = f"{_minute(alert.time)}  alert: {what}{state}"
            self._bar.console.print(said, markup=False, highlight=False, soft_wrap=True)


def _minute(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment / 1000, UTC):%Y-%m-%d %H:%M}"
