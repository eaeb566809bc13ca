"""What gateways and senders of events wait for, as a table of docs/benchmarks.md."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.tables import table

_KINDS: Final = {
    "ingest": "the whole: checked, answered once durable",
    "gzip": "the same, compressed bodies",
    "sketch": "the same, text made sketches first",
    "http": "bare HTTP that reads the same bodies",
    "decode": "bodies to checked records alone",
    "queue": "records into the durable queue alone",
}


def sections(results: dict[str, Any]) -> list[str]:
    """Of the benchmarks that have run."""
    return [section for section in (_hook(results.get("hook")), _ingest(results.get("ingest"))) if section]


def _hook(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    rows = []
    for name, peer in (("http", "an empty FastAPI endpoint"), ("grpc", "an empty gRPC service")):
        one = found[name]
        rows += [
            (f"requests a second, {name} / {peer}", _spread(one["per_second_over_empty"]), "at least 0.75"),
            (f"99th percentile, {name} / {peer}", _spread(one["p99_ms_over_empty"]), "at most 1.5"),
        ]
    lookup = found["lookup"]
    rows += [
        ("a decision in the process / `dict.get`", f"{lookup['decide_over_dict']:.1f}", "at most 5"),
        ("finding the verdict in the process / `dict.get`", f"{lookup['find_over_dict']:.1f}", ""),
        ("bytes a verdict", f"{lookup['bytes_a_verdict']:.0f}", "at most 150"),
    ]
    head = ("1,000,000 verdicts, 16 connections", "measured", "target")
    return "## Gateway hook\n\n" + table(head, rows)


def _ingest(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    rows = []
    for kind, what in _KINDS.items():
        events = found[kind]["events_per_cpu_second"]
        told = f"{events['median']:,.0f} ({events['low']:,.0f} to {events['high']:,.0f})"
        rows.append((what, told, "at least 30,000" if kind == "ingest" else ""))
    head = ("batches of 512 events of 1 kB", "events a CPU second of the service", "target")
    return "## Ingest\n\n" + table(head, rows)


def _spread(found: dict[str, float]) -> str:
    return f"{found['median']:.2f} ({found['low']:.2f} to {found['high']:.2f})"
