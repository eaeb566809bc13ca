"""Checks of a plan before anything is staged: what it asks for exists, and lies within its limits."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Final

from streaming.simulator.archetype import all_archetypes
from streaming.simulator.corpus import origins
from streaming.simulator.corpus_sources import SOURCES
from streaming.simulator.family import all_families

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streaming.simulator.family import Effort
    from streaming.simulator.plan import Campaign, WorldPlan

_YEARS: Final = (2000, 2199)
_SEEDS: Final = 1 << 64
_LIMITS: Final = {
    "accounts": (1, 10_000_000),
    "exchanges": (1, 10_000_000_000),
    "cover": (0, 0.98),
    "wordings": (1, 10_000),
    "isolation": (0, 1),
    "human": (0, 1),
    "days": (0.01, 10_000),
}
"""Least and most of what a campaign may spend."""


class PlanError(ValueError):
    """A plan asks for what cannot be staged: says what, and the remedy."""


def check_plan(plan: WorldPlan) -> None:
    """Raise `PlanError` for the first thing that a plan gets wrong."""
    if not 0 <= plan.seed < _SEEDS:
        raise PlanError(f"seed: {plan.seed} is not a number of 64 bits; choose one from 0 on")
    first, last = _YEARS
    if not first <= plan.start.year <= last - 2:
        raise PlanError(f"start: the year {plan.start.year} is not from {first} to {last - 2}; choose one")
    _check_weights(plan)
    _check_skip(plan)
    for campaign in plan.campaigns:
        _check_campaign(campaign)


def _check_weights(plan: WorldPlan) -> None:
    known = {archetype.name: archetype.weight for archetype in all_archetypes()}
    _check_known("archetype", plan.weights, known, "see stillwatch simulate --list")
    for name, weight in plan.weights.items():
        if not (isfinite(weight) and weight >= 0):
            raise PlanError(f"archetype {name}: weight {weight:g} is no share; give 0 or more")
    if not sum((known | dict(plan.weights)).values()) > 0:
        raise PlanError("archetype: all weights are 0; leave one above 0")


def _check_skip(plan: WorldPlan) -> None:
    if plan.skip and plan.corpora is None:
        raise PlanError("skip: the built-in corpus has no sources; name a folder of prompts with --corpora")
    names = {*origins(), *(source.name for source in SOURCES)}
    _check_known("skip", plan.skip, names, f"one of {', '.join(origins())}, or kind/source")


def _check_campaign(campaign: Campaign) -> None:
    families = all_families()
    _check_known("campaign", [campaign.family], families, f"one of {', '.join(families)}, or every")
    if not 0 < campaign.scale < inf:
        raise PlanError(
            f"campaign {campaign.family}: scale {campaign.scale:g} is no number above 0; write scale=1"
        )
    if campaign.effort is not None:
        _check_effort(campaign.family, campaign.effort)


def _check_effort(family: str, effort: Effort) -> None:
    for name, (least, most) in _LIMITS.items():
        value = getattr(effort, name)
        if value is not None and not least <= value <= most:
            raise PlanError(
                f"campaign {family}: {name} {value:g} is not from {least:,} to {most:,}; write {name}={least}"
            )


def _check_known(option: str, asked: Iterable[str], known: Iterable[str], remedy: str) -> None:
    if unknown := sorted(set(asked) - set(known)):
        raise PlanError(f"{option}: knows no {', '.join(unknown)}; {remedy}")
