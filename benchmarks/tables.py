"""Results as the tables of docs/benchmarks.md and of the README."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

RIVER: Final = "river_over_replay"

INTRODUCTION: Final = """# Benchmarks

Written by `python benchmarks/run.py --write-docs`. Speed is CPU time on one core, measured inside a process
that has imported, compiled and loaded everything, over interleaved rounds: median (quartiles). Only ratios
carry over to other machines. Detection is measured by `make report`: see [detection](detection.md).
"""


def page(results: dict[str, Any], more: Sequence[str] = ()) -> str:
    """The whole page, of the benchmarks that have run, with `more` sections at its end."""
    return "\n".join([INTRODUCTION, *_sections(results), *more])


def filled(readme: str, results: dict[str, Any]) -> str:
    """The README with the tables between their marks made anew, of the benchmarks that have run."""
    start, end = "<!-- speed table -->", "<!-- end of speed table -->"
    before, _, rest = readme.partition(start)
    _, _, after = rest.partition(end)
    text = "\n".join(_sections(results)).replace("## ", "### ")
    return f"{before}{start}\n{text}{end}{after}"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _sections(results: dict[str, Any]) -> list[str]:
    found = (_speed(results), _growth(results), _simulator(results))
    return [section for section in found if section]


def _speed(results: dict[str, Any]) -> str:
    rows = []
    for size, found in results.get("generated", {}).items():
        rows.append(_ratio(f"replay / decoding, prompts of {int(size) / 1024:g} kB", found))
    if "practice" in results:
        found = results["practice"]
        rows.append(_ratio("replay / decoding, practice/train", found))
        rows.append(_ratio("river pipeline / replay, practice/train", found, RIVER))
    head = ("CPU time", "ratio", "target", "rounds")
    return "## Speed\n\n" + table(head, rows) if rows else ""


def _ratio(what: str, found: dict[str, Any], key: str = "replay_over_decode") -> tuple[str, ...]:
    one = found[key]
    target = "at least 10" if key == RIVER else "at most 5"
    return what, f"{one['median']:.1f} ({one['low']:.1f} to {one['high']:.1f})", target, str(found["rounds"])


def _growth(results: dict[str, Any]) -> str:
    rows: list[tuple[str, ...]] = []
    if "memory" in results:
        found = results["memory"]
        rows.append(
            (
                f"resident bytes an account at {found['accounts']:,} accounts",
                f"{found['bytes_per_account']:.0f}",
                "at most 1024",
            )
        )
    rows += _populations(results.get("populations"))
    for name, found in results.get("linear", {}).items():
        events = int(found["runs"][0]["events"][-1])
        what = f"CPU an event at {events:,} events ({name}) / at the start"
        rows.append((what, f"{found['ratio']:.2f}", "about 1"))
    return "## Growth\n\n" + table(("figure", "measured", "target"), rows) if rows else ""


def _populations(found: dict[str, Any] | None) -> list[tuple[str, ...]]:
    if found is None:
        return []
    accounts, took = f"{found['accounts']:,} accounts", found["microseconds_per_event"]
    sizes = [
        (f"bytes of populations an account at {accounts}: {name}", f"{size:.0f}", "")
        for name, size in found["bytes_per_account"].items()
    ]
    ratio = sum(took.values()) / took["accounts"] - 1
    return [*sizes, (f"CPU of populations / of the account fold at {accounts}", f"{ratio:.1f}", "")]


def _simulator(results: dict[str, Any]) -> str:
    if "simulate" not in results:
        return ""
    found = results["simulate"]
    told = {
        "simulate": "rows, lines, compression and truth",
        "compress": "the same bytes through zstd",
        "encode": "the same events encoded by msgspec",
    }
    targets = {"simulate": "over 100,000"}
    rows = []
    for name, what in told.items():
        one, events = found[name], found[name]["events_per_second"]
        spread = f"{events['median']:,.0f} ({events['low']:,.0f} to {events['high']:,.0f})"
        rate = f"{one['bytes_per_second']['median'] / 1e6:,.0f} MB"
        rows.append((what, spread, rate, targets.get(name, ""), str(one["rounds"])))
    size = found["simulate"]["bytes_per_event"]
    head = (f"one core, lines of {size:,.0f} bytes", "events a second", "a second", "target", "rounds")
    return "## Simulator\n\n" + table(head, rows)
