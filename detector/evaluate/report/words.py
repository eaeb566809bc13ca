"""Figures as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detector.evaluate.grades import Spread
    from detector.evaluate.rates import Estimate, Rate
    from detector.evaluate.results import WorldResult

NOTHING: Final = "-"
LIMITS: Final = (0.001, 0.005)
"""False-positive rates that an archetype may be said to stay under, the strictest first."""


def percent(share: float | None) -> str:
    """A share, to a tenth of a per cent, small ones to two digits."""
    if share is None or share != share:  # noqa: PLR0124 - not a number
        return NOTHING
    found = 100 * share
    return f"{found:.1f} %" if found == 0 or found >= 1 else f"{found:.2g} %"


def interval(found: Rate | Estimate | None) -> str:
    """The 95 % interval."""
    return NOTHING if found is None else f"{percent(found.low)} to {percent(found.high)}"


def cells(rate: Rate) -> tuple[str, str, str]:
    """Share, interval, and what was counted."""
    return percent(rate.value), interval(rate), f"{rate.hits:,} of {rate.n:,}"


def told(rate: Rate) -> str:
    """All of it in one phrase."""
    share, between, counted = cells(rate)
    return f"{share} ({between}; {counted})"


def estimated(found: Estimate | None) -> str:
    """An estimate and its interval in one phrase."""
    return NOTHING if found is None else f"{percent(found.value)} ({interval(found)})"


def number(value: float | None) -> str:
    """A count or a time; None is beyond what was seen."""
    if value is None:
        return "never"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"  # noqa: PLR2004 - three digits


def spread(found: Spread) -> tuple[str, str, str, str]:
    """Median, its interval, ninth decile, and how many campaigns it never came to."""
    if found.n == 0:
        return NOTHING, NOTHING, NOTHING, NOTHING
    between = f"{number(found.low)} to {number(found.high)}"
    return number(found.median), between, number(found.p90), f"{found.missed} of {found.n}"


def claim(rate: Rate) -> str:
    """What a share of honest accounts alerted allows to be said."""
    for limit in LIMITS:
        if rate.shows(limit):
            return f"at most {percent(limit)}"
    limit = LIMITS[-1]
    return f"not shown to stay under {percent(limit)}" if rate.can_support(limit) else "no claim: n too small"


def listed(names: Iterable[str]) -> str:
    """Names in a sentence."""
    found = list(names)
    return ", ".join(found) if found else "none"


def caption(world: WorldResult, said: str) -> str:
    """A caption that does not let a reader forget what was measured."""
    return f"{'Synthetic. ' if world.synthetic else ''}World {world.name}: {said}"
