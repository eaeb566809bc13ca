"""Writes docs/sizing.md and its picture from what was measured: `python -m tools.sizing`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tools.sizing_chart import chart
from tools.sizing_figures import (
    BUSY,
    PEAK,
    PER_ACCOUNT,
    SIZES,
    WINDOW,
    Cost,
    Replayed,
    Size,
    SparkCost,
    most,
    size,
)
from tools.sizing_wording import END, HEAD, LINKING, MODEL, WHAT

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS: Final = Path("benchmarks/results.json")
PAGE: Final = Path("docs/sizing.md")
PICTURE: Final = Path("docs/pictures/sizing.svg")


def render(results: dict[str, Any]) -> str:
    """The page."""
    replayed, spark = Replayed(), SparkCost.of(results)
    sizes = [size(requests, replayed, spark) for requests in SIZES]
    runs = results["runs"]
    largest = max(run["events"] for run in runs)
    leader = most(replayed.leading)
    unlinked = (replayed.folding + replayed.deciding - replayed.linking) / replayed.events
    return "".join(
        [
            HEAD.format(peak=PEAK, busy=BUSY, per_account=PER_ACCOUNT),
            _table(_COLUMNS, [_cells(one) for one in sizes]),
            WHAT.format(
                alone=_count(most(replayed.event)),
                leader=_count(leader),
                account=replayed.account_bytes,
                window=WINDOW,
            ),
            _rows(_measured(replayed)),
            LINKING,
            _rows([_run(run) for run in runs]),
            MODEL.format(partitions=runs[0]["partitions"]),
            _rows(_fits(results["model"])),
            END.format(
                **results["passes"],
                largest=largest,
                ratio=SIZES[-1] * WINDOW / largest,
                unlinked=_count(most(unlinked)),
                per_account=PER_ACCOUNT,
                leader_accounts=_count(leader / PER_ACCOUNT),
                leader_memory=_bytes(leader / PER_ACCOUNT * replayed.account_bytes),
            ),
        ]
    )


def picture(results: dict[str, Any]) -> str:
    """Cores against requests a day, as SVG."""
    replayed, spark = Replayed(), SparkCost.of(results)
    sizes = [size(requests, replayed, spark) for requests in SIZES]
    lines = {
        "all of the live stream": [one.cores for one in sizes],
        "linking a fortnight each day on Spark": [one.link_hours / 24 for one in sizes],
    }
    limits = {
        "one process": most(replayed.event),
        "one leader": most(replayed.leading),
    }
    return chart(list(SIZES), lines, limits)


_COLUMNS: Final = (
    "requests a day",
    "run",
    "cores",
    "memory of leaders",
    "frames a day",
    "linking on Spark, a time",
    "shuffled",
)


def _cells(one: Size) -> tuple[str, ...]:
    run = "one process"
    if one.workers:
        run = "workers, a leader" if one.installations == 1 else f"{one.installations} installations"
    cores = f"{one.cores:.2g}" if one.cores < 10 else f"{one.cores:,.0f}"  # noqa: PLR2004 - two digits
    link = f"{one.link_hours:,.1f} core hours"
    figures = (cores, _bytes(one.memory), _bytes(one.frames), link, _bytes(one.link_shuffled))
    return _count(one.requests), run, *figures


def _measured(replayed: Replayed) -> list[tuple[str, ...]]:
    of = f"a replay of {replayed.events:,} events ([at scale](scale.md))"
    return [
        ("CPU of an event, all of it", f"{replayed.event * 1e6:.0f} µs", of),
        ("of which read, decoded and sketched", f"{replayed.working * 1e6:.0f} µs", of),
        ("of which folded, scored and linked", f"{replayed.leading * 1e6:.0f} µs", of),
        ("state of an active account", f"{replayed.account_bytes:,.0f} bytes", "the same process at most"),
        (
            "a frame's event",
            f"{replayed.frame_bytes:.0f} bytes",
            "the stream ([decisions](design.md#decisions))",
        ),
    ]


def _run(run: dict[str, Any]) -> tuple[str, ...]:
    figures = (run["events"], run["accounts"], run["linked"], run["members"], run["partitions"])
    spent = (f"{run['sketch']['cpu_seconds']:.1f}", f"{run['link']['cpu_seconds']:.1f}")
    return *(f"{figure:,}" for figure in figures), *spent, _mb(run["link"]["shuffled"]), str(run["rounds"])


def _fits(model: dict[str, dict[str, float]]) -> list[tuple[str, ...]]:
    seconds = (("sketching", "sketch_cpu_seconds"), ("linking", "link_cpu_seconds"))
    fits = [(name, Cost(**model[part])) for name, part in seconds]
    rows = [
        (
            f"{name}, CPU",
            f"{one.start:.1f} s",
            _micro(one.event),
            _micro(one.account),
            f"{one.worst_miss:.0%}",
        )
        for name, one in fits
    ]
    one = Cost(**model["link_shuffled"])
    sizes = (_mb(one.start) + " MB", f"{one.event:,.0f} bytes", f"{one.account:,.0f} bytes")
    return [*rows, ("linking, shuffled", *sizes, f"{one.worst_miss:.0%}")]


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"


def _mb(size_: float) -> str:
    return f"{size_ / 1e6:,.2f}"


def _count(number: float) -> str:
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:.3g} {name}"
    return f"{number:.0f}"


def _bytes(number: float) -> str:
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if number >= unit:
            return f"{number / unit:.3g} {name}"
    return f"{number / 1e3:.3g} kB"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return _rows([columns]) + f"|{'---|' * len(columns)}\n" + _rows(rows)


def _rows(rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main() -> None:
    """Write both."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))["spark_cost"]
    PAGE.write_text(render(results), encoding="utf-8")
    PICTURE.write_text(picture(results), encoding="utf-8")


if __name__ == "__main__":
    main()
