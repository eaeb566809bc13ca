"""Draws how far an installation is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from detector.alert import timestamp
from detector.cli.show import printable
from detector.ops.amounts import duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from detector.ops.standing import Standing
    from detector.store.intake import IntakeCounts, PartitionStatus

_NAMED: Final = 12
"""columns for the name of a partition"""
_ACROSS = {"title_justify": "left", "title_style": "bold", "box": None, "pad_edge": False}


def drawn(now: Standing, before: Standing, tick: int, rows: int) -> RenderableType:
    """`tick` is a tick's length, ms; of the partitions at most `rows` are shown, those behind first."""
    rates = now.rates(before)
    parts: list[RenderableType] = [_summary(now, sum(rates.values()), tick), _partitions(now, rates, rows)]
    if now.alerts:
        parts.append(_alerts(now))
    return Group(*parts)


def _summary(now: Standing, rate: float, tick: int) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    marks = [one.watermark for one in now.partitions if one.watermark is not None and not one.idle]
    lag = "not asked (--brokers)" if now.lag is None else f"{now.lag:,} records"
    for name, said in (
        ("read", f"{now.counts.read:,} records, {rate:,.0f}/s"),
        ("of these", _became(now.counts)),
        ("lag", lag),
        ("leader", _leader(now)),
        ("ticks", _ticks(now, tick)),
        ("watermark", f"{_delay(min(marks), now.time)} behind the clock" if marks else "none is active"),
        ("alerts", f"{now.lead.alerts:,} revisions, {now.lead.verdicts:,} changes of verdicts"),
        ("dead letters", _letters(now)),
    ):
        table.add_row(name, Text(printable(said)))
    return table


def _became(counts: IntakeCounts) -> str:
    """Who sends late events is told nothing of it by the ingest."""
    return (
        f"{counts.accepted:,} accepted, {counts.duplicate:,} duplicate, {counts.late:,} too late to count, "
        f"{counts.dead_lettered:,} dead-lettered"
    )


def _leader(now: Standing) -> str:
    lead = now.lead
    if lead.owner is None:
        return "nobody"
    left = lead.until - now.time
    state = f"lease ends in {duration(left)}" if left > 0 else f"lease ended {duration(left)} ago"
    return f"{lead.owner}, {state}"


def _ticks(now: Standing, tick: int) -> str:
    lead = now.lead
    if lead.closed is None:
        return "none is closed yet"
    said = f"closed up to {timestamp(lead.closed * tick)[:16].replace('T', ' ')} UTC"
    if lead.concluded is not None and lead.concluded < lead.closed:
        said += f", the leader is {duration((lead.closed - lead.concluded) * tick)} behind"
    if lead.checkpoint is not None:
        said += f", checkpoint {duration((lead.closed - lead.checkpoint) * tick)} behind"
    return said


def _letters(now: Standing) -> str:
    kept = sum(now.letters.values())
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in list(now.letters.items())[:4])
    return f"{kept:,} kept" + (f": {reasons}" if reasons else "")


def _partitions(now: Standing, rates: Mapping[str, float], rows: int) -> Table:
    table = Table(title="\nPartitions", **_ACROSS)  # type: ignore[arg-type]  # options of several types
    # On a narrow terminal the owner gives way: a partition without its name says nothing.
    table.add_column("partition", overflow="fold", min_width=_NAMED)
    for name in ("position", "lag", "records/s", "watermark", "committed"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    table.add_column("state", no_wrap=True, min_width=6)
    table.add_column("owner", overflow="ellipsis", no_wrap=True)
    shown = sorted(now.partitions, key=lambda one: _urgency(now, one))[:rows]
    for one in shown:
        table.add_row(
            *(Text(printable(cell)) for cell in _cells(now, one, rates)), style="dim" if one.idle else ""
        )
    if len(shown) < len(now.partitions):
        table.add_row(f"… {len(now.partitions) - len(shown):,} more")
    return table


def _urgency(now: Standing, one: PartitionStatus) -> tuple[int, bool, int, str]:
    """Those with most to read first, then those that keep ticks open longest."""
    return (-(now.lag_of(one) or 0), one.idle, one.watermark or 0, one.origin)


def _cells(now: Standing, one: PartitionStatus, rates: Mapping[str, float]) -> tuple[str, ...]:
    lag, rate = now.lag_of(one), rates.get(one.origin)
    return (
        one.origin,
        "-" if one.position is None else f"{one.position:,}",
        "-" if lag is None else f"{lag:,}",
        "-" if rate is None else f"{rate:,.0f}",
        "-" if one.watermark is None else _delay(one.watermark, now.time, 1),
        "-" if one.committed is None else f"{duration(now.time - one.committed, 1)} ago",
        "idle" if one.idle else "active",
        one.owner or "nobody",
    )


def _alerts(now: Standing) -> Table:
    table = Table(title="\nLatest alerts", **_ACROSS)  # type: ignore[arg-type]  # options of several types
    for name in ("time (UTC)", "subject", "label", "score", "status"):
        table.add_column(name, no_wrap=True)
    for stored in now.alerts:
        one = stored.alert
        when = timestamp(one.time)[:16].replace("T", " ")
        cells = (when, f"{one.kind} {one.subject_id}", one.label, f"{one.score:.4f}", one.status)
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table


def _delay(watermark: int, now: int, units: int = 2) -> str:
    """A watermark may be ahead of our clock, if others' clocks are."""
    return f"{'-' if watermark > now else ''}{duration(now - watermark, units)}"
