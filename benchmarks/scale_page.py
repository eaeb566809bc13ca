"""Figures of `scale.py` as Markdown tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEGA: Final = 1e6
_MOST: Final = 12
"""Archetypes that are listed."""


def page(figures: dict[str, Any]) -> str:
    """All tables."""
    parts = (_found(figures["found"]), _archetypes(figures["found"]), _steps(figures), _state(figures))
    return "\n".join(f"### {head}\n\n{table(*body)}" for head, body in parts)


def _share(rate: Sequence[int]) -> str:
    hits, n = rate
    return f"{hits:,} of {n:,} ({100 * hits / max(n, 1):.2f} %)"


def _found(found: dict[str, Any]) -> tuple[str, Any]:
    groups = found["groups"]
    false = [one["accounts"] for one in groups if 2 * one["of_a_campaign"] < one["accounts"]]
    rows = [("accounts that sent a request", _seen(found["accounts"]))]
    for one in found["campaigns"]:
        rows += _campaign(one)
    rows += [
        ("members alerted", _share(found["members_alerted"])),
        ("campaigns found whole at the end", _share(found["found_whole"])),
        ("largest groups at the end: accounts (members)", _largest(groups)),
        ("groups that are mostly no campaign's", f"{len(false):,}, {sum(false):,} accounts"),
        ("honest accounts alerted", _share(found["honest_alerted"])),
        ("relay accounts alerted", _share(found["relay_alerted"])),
    ]
    return "What was found", (("figure", "measured"), rows)


def _seen(accounts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {label}" for label, number in accounts.items())


def _campaign(one: dict[str, Any]) -> list[tuple[str, str]]:
    name, hours = one["campaign_id"], one["hours_to_first_alert"]
    return [
        (f"{name}: accounts, answered exchanges", f"{one['accounts']:,}, {one['answered']:,}"),
        ("exchanges before its first alert", f"{one['before_first_alert']:,}"),
        ("hours to its first alert", "never" if hours is None else f"{hours:.1f}"),
        ("exchanges before half of its accounts were alerted", f"{one['before_half_were_alerted']:,}"),
        ("exchanges before the issuing account's alert", _share((one["leaked"], one["answered"]))),
    ]


def _largest(groups: list[dict[str, int]]) -> str:
    return ", ".join(f"{one['accounts']:,} ({one['of_a_campaign']:,})" for one in groups[:3]) or "none"


def _archetypes(found: dict[str, Any]) -> tuple[str, Any]:
    rates = found["archetypes"].items()
    worst = sorted((pair for pair in rates if pair[1][0]), key=lambda pair: -pair[1][0])[:_MOST]
    return "Honest accounts alerted", (
        ("archetype", "alerted"),
        [(name, _share(rate)) for name, rate in worst],
    )


def _steps(figures: dict[str, Any]) -> tuple[str, Any]:
    whole = figures["replay"]["cpu_seconds"]
    rows = [("all of it", f"{whole:,.0f}", "100 %", "", "", "")]
    rows += [
        (
            name, f"{step['seconds']:,.0f}", f"{100 * step['seconds'] / whole:.1f} %",
            f"{step['median_ms']:.1f}", f"{step['p99_ms']:.0f}", f"{step['max_ms']:.0f}",
        )
        for name, step in figures["steps"].items()
    ]  # fmt: skip
    head = ("CPU time", "s", "share", "a tick, median ms", "p99 ms", "most ms")
    return f"Time, {figures['replay']['events']:,} events", (head, rows)


def _state(figures: dict[str, Any]) -> tuple[str, Any]:
    state = figures["state"]
    accounts, recent = state["accounts"], max(state["recent_accounts"], 1)
    parts = {
        "accounts": ("rows of accounts", accounts),
        "words": ("populations of words", recent),
        "infrastructure": ("populations of infrastructure", recent),
        "links": ("of both, who is a member", recent),
    }
    counted = {
        "accounts": "accounts seen",
        "recent_accounts": "of these in the last 14 days, over which the next figures are taken",
        "populations": "populations of words",
        "objects_of_infrastructure": "populations of infrastructure",
        "memberships": "memberships in both",
    }
    rows = [(what, f"{state[name]:,}", "") for name, what in counted.items()]
    for name, (what, over) in parts.items():
        size = state[f"bytes_of_{name}"]
        rows.append((what, f"{size / _MEGA:,.0f} MB", f"{size / over:,.0f} bytes"))
    peak = state["resident_bytes_at_most"]
    rows.append(("the process at most", f"{peak / _MEGA:,.0f} MB", f"{peak / accounts:,.0f} bytes"))
    return "State", (("at the end", "measured", "an account"), rows)
