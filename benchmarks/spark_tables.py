"""What Spark adds and costs, as a table of docs/benchmarks.md."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.tables import table

_JOBS: Final = {
    "replay with a lake": "a replay that writes a training lake, too",
    "backfill": "`spark backfill`",
    "train-rows": "`spark train-rows`",
}


def sections(results: dict[str, Any]) -> list[str]:
    """Of the benchmarks that have run."""
    return [
        section
        for section in (_history(results.get("spark")), _stream(results.get("spark_stream")))
        if section
    ]


def _history(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    head = (
        f"{found['events']:,} events, `local[2]`, rate / a replay's",
        "per CPU second",
        "per core",
        "target",
    )
    rows = [
        (
            what,
            f"{found[job]['rate_per_cpu_second']['median']:.2f}",
            f"{found[job]['rate_per_core']['median']:.2f}",
            "" if "replay" in job else "at least 0.60 per core",
        )
        for job, what in _JOBS.items()
    ]
    return "## History on Spark\n\n" + table(head, rows)


def _stream(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    each = f"{found['records_a_batch']:,} records of {found['accounts_a_batch']:,.0f} accounts a batch"
    head = (f"{each}, rate / a counter's", "measured", "target")
    names = {"records_per_second": "by wall time", "records_per_cpu_second": "by CPU time"}
    rows = [
        (what, f"{found[f'{name}_over_counter']['median']:.2f}", "at least 3" if "CPU" not in what else "")
        for name, what in names.items()
    ]
    return "## Stream on Spark\n\n" + table(head, rows)
