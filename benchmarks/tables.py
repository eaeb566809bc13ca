"""Results as the tables of docs/benchmarks.md and of the README."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

DETAILED: Final = 0.01
"""Shares below it are shown with one more digit."""
RIVER: Final = "river_over_replay"

INTRODUCTION: Final = """# Benchmarks

Written by `python benchmarks/run.py --write-docs`. Speed is CPU time on one core, measured inside a process
that has imported, compiled and loaded everything, over interleaved rounds: median (quartiles). Only ratios
carry over to other machines. Detection is measured on a simulated world: real prompts and traffic traces,
invented accounts. It says how detectors compare, not what a deployment will see.
"""


def page(results: dict[str, Any]) -> str:
    """The whole page, of the benchmarks that have run."""
    parts = [INTRODUCTION]
    parts += [_speed(results), _growth(results)]
    if "simulate" in results:
        parts.append(_simulator(results["simulate"]))
    if "detection" in results:
        parts.append(_detection(results["detection"]))
    return "\n".join(part for part in parts if part)


def filled(readme: str, results: dict[str, Any]) -> str:
    """The README with its tables between their marks made anew, of the benchmarks that have run."""
    found = {"speed": "\n".join(part for part in (_speed(results), _growth(results)) if part)}
    if "detection" in results:
        found["detection"] = _detection(results["detection"])
    for name, text in found.items():
        start, end = f"<!-- {name} table -->", f"<!-- end of {name} table -->"
        before, _, rest = readme.partition(start)
        _, _, after = rest.partition(end)
        readme = f"{before}{start}\n{text.replace('## ', '### ')}{end}{after}"
    return readme


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


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
    rows = []
    if "memory" in results:
        found = results["memory"]
        rows.append(
            (
                f"resident bytes an account at {found['accounts']:,} accounts",
                f"{found['bytes_per_account']:.0f}",
                "at most 1024",
            )
        )
    for name, found in results.get("linear", {}).items():
        events = int(found["runs"][0]["events"][-1])
        what = f"CPU an event at {events:,} events ({name}) / at the start"
        rows.append((what, f"{found['ratio']:.2f}", "about 1"))
    return "## Growth\n\n" + table(("figure", "measured", "target"), rows) if rows else ""


def _simulator(found: dict[str, Any]) -> str:
    told = {
        "simulate": "rows, lines, compression and truth",
        "compress": "the same bytes through zstd",
        "encode": "the same events by msgspec",
    }
    rows = []
    for name, what in told.items():
        one, events = found[name], found[name]["events_per_second"]
        spread = f"{events['median']:,.0f} ({events['low']:,.0f} to {events['high']:,.0f})"
        rows.append((what, spread, f"{one['bytes_per_second']['median'] / 1e6:,.0f} MB"))
    size = found["simulate"]["bytes_per_event"]
    head = (f"one core, lines of {size:,.0f} bytes", "events a second", "a second")
    return "## Simulator\n\n" + table(head, rows)


def _detection(found: dict[str, Any]) -> str:
    return "\n".join(
        [
            f"## Detection on practice/dev (model {found['model']})\n",
            _detectors(found["detectors"]),
            _families(found["families"]),
            _archetypes(found["archetypes"]),
        ]
    )


def _detectors(detectors: dict[str, Any]) -> str:
    rows = []
    for name, one in detectors.items():
        tpr = _share(one["tpr"])
        if one["tpr_interval"]:
            low, high = one["tpr_interval"]
            tpr += f" ({_share(low)} to {_share(high)})"
        rest = (_share(one[key]) for key in ("precision", "recall", "fpr", "leaked"))
        rows.append((name, tpr, *rest))
    head = ("detector", "account TPR at 0.1 % FPR", "alert precision", "alert recall", "alert FPR", "leaked")
    return table(head, rows)


def _families(families: dict[str, Any]) -> str:
    rows = [
        (name, _share(one["tpr"]), _share(one["alerted"]), _share(one["leaked"]))
        for name, one in families.items()
    ]
    return table(("family of attack", "TPR at 0.1 % FPR", "accounts alerted", "leaked"), rows)


def _archetypes(archetypes: dict[str, Any]) -> str:
    rows = [
        (name, str(one["n"]), str(one["alerted"]), f"{_share(one['low'])} to {_share(one['high'])}")
        for name, one in archetypes.items()
    ]
    return table(("honest archetype", "accounts", "alerted", "95 % interval"), rows)


def _share(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{100 * value:.{1 if value == 0 or value >= DETAILED else 2}f} %"
