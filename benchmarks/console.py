"""Worker: how long the queue's page takes with many cases, beside the same with few.

    python benchmarks/console.py SMALL LARGE

Both services run in this process, each over an SQLite store of its own, and are asked by turns over HTTP;
what is counted is the time to the whole page. All cases are open, which is the worst for the queue.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from benchmarks.rounds import Spread, worker
from detector.alert import Alert
from detector.store.opening import upgrade
from tests.support.case_store import add_findings
from tests.support.console import console_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FEW: Final = 100
MANY: Final = 100_000
LOADS: Final = 15
PAGES: Final = {
    "queue": "/console/queue",
    "filtered": "/console/queue?kind=account&severity=3&assignee=nobody",
    "rows": "/console/queue/rows",
}
_BATCH: Final = 5_000
_START: Final = 1_790_000_000_000
_MINUTE: Final = 60_000


def benchmark(_: Path, rounds: int) -> dict[str, Any]:
    """Medians of each page in ms, and by how much they are longer with many cases."""
    found: list[dict[str, dict[str, float]]] = []
    for number in range(rounds):
        print(f"  round {number + 1} of {rounds}", flush=True)
        found.append(worker("console.py", str(FEW), str(MANY)))
    return {
        "rounds": rounds,
        "cases": [FEW, MANY],
        "loads": LOADS,
        "ms": {
            size: {page: Spread.of([one[size][page] for one in found]).to_json() for page in PAGES}
            for size in (str(FEW), str(MANY))
        },
        "many_over_few": {
            page: Spread.of([one[str(MANY)][page] / one[str(FEW)][page] for one in found]).to_json()
            for page in PAGES
        },
    }


def measure(sizes: Sequence[int], folder: Path) -> dict[str, dict[str, float]]:
    """Median ms of each page by number of cases."""
    with ExitStack() as stack:
        clients = {size: stack.enter_context(_client(stack, size, folder)) for size in sizes}
        seconds: dict[tuple[int, str], list[float]] = {(size, page): [] for size in sizes for page in PAGES}
        for _ in range(LOADS + 1):
            for (size, page), loads in seconds.items():
                loads.append(_load(clients[size], PAGES[page]))
    # The first compiles templates.
    return {
        str(size): {page: 1000 * statistics.median(seconds[size, page][1:]) for page in PAGES}
        for size in sizes
    }


def _client(stack: ExitStack, size: int, folder: Path) -> httpx.Client:
    url = f"sqlite:///{folder / str(size)}.db"
    upgrade(url)
    for batch in _batches(size):
        add_findings(url, batch)
    console = stack.enter_context(console_over(url))
    console.person("Ada")
    kept = {one["name"]: one["value"] for one in console.session("Ada")["cookies"]}
    return httpx.Client(base_url=console.origin, cookies=kept, timeout=60)


def _batches(size: int) -> Iterator[list[Alert]]:
    for start in range(0, size, _BATCH):
        yield [_alert(number) for number in range(start, min(start + _BATCH, size))]


def _alert(number: int) -> Alert:
    kind: Any = "campaign" if number % 20 == 0 else "account"
    label = "relay" if number % 3 == 0 else "distillation"
    time_ms = _START + number * _MINUTE
    score = 0.5 + number % 500 / 1000
    return Alert(f"{kind}-{number:06}", kind, 1, time_ms, label, score, "open", (), "sw-1", shadow=False)


def _load(client: httpx.Client, path: str) -> float:
    begun = time.perf_counter()
    client.get(path).raise_for_status()
    return time.perf_counter() - begun


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps(measure([int(size) for size in sys.argv[1:]], Path(made))))
