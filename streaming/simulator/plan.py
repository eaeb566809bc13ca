"""Plans: what a world is to hold, and its staging."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from streaming.simulator.archetype import all_archetypes
from streaming.simulator.checks import PlanError, check_plan
from streaming.simulator.clock import Clock, model_release
from streaming.simulator.corpus import Corpus
from streaming.simulator.family import Effort, all_families
from streaming.simulator.market import Market
from streaming.simulator.requests import DAY
from streaming.simulator.resale import resale_pool
from streaming.simulator.sidelines import sidelines
from streaming.simulator.stage import Stage
from streaming.simulator.streams import generator
from streaming.simulator.traces import weekly_curves
from streaming.simulator.wordings.answers import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from streaming.simulator.world import Actor

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign to stage."""

    family: str
    effort: Effort | None = None
    """none: drawn by the family"""
    scale: float = 1.0
    """factor on the accounts and exchanges that a drawn effort has"""


@dataclass(frozen=True, slots=True)
class WorldPlan:
    """What a world holds; the same plan gives the same world, byte for byte."""

    seed: int
    honest: int = 5_000
    """honest accounts"""
    days: int = 10
    campaigns: tuple[Campaign, ...] = ()
    pools: int = 2
    """resale pools without a campaign"""
    events: int | None = None
    """requests wanted in all: honest accounts send more or less often, campaigns do what they do"""
    weights: Mapping[str, float] = field(default_factory=dict)
    """archetype to its weight, where it is not the usual one"""
    start: datetime = START
    corpora: Path | None = None
    """folder of prompts and traces; none: the built-in ones"""
    share: float = 1.0
    """of each source of prompts"""
    skip: frozenset[str] = frozenset()
    """sources of prompts to leave out"""

    def changed(self, **values: Any) -> Self:
        """The same plan but for these values."""
        return replace(self, **values)


def stage_world(plan: WorldPlan) -> tuple[Stage, Sequence[Actor]]:
    """Put everybody on the stage; raises `PlanError` for a plan that asks for what there is not."""
    check_plan(plan)
    start = int(plan.start.timestamp() * 1000)
    clock = Clock(start, plan.days, start + int(plan.days * DAY * 0.4))
    corpus = Corpus.read(plan.corpora, plan.seed, plan.share, plan.skip)
    stage = Stage(
        plan.seed,
        refusal(corpus, generator(plan.seed, "refusal")),
        clock,
        corpus,
        Market.open(generator(plan.seed, "market")),
        weekly_curves(plan.corpora, plan.seed),
    )
    stage.lifecycle.append((clock.release, model_release(clock.release, stage.market.models[-1])))
    others = [*_honest(stage, plan), *_pools(stage, plan)]
    campaigns = _campaigns(stage, plan)
    if plan.events is not None:
        _rescale(others, campaigns, plan.events, clock.end)
    return stage, [*others, *campaigns]


def _rescale(others: Sequence[Actor], campaigns: Sequence[Actor], events: int, end: int) -> None:
    left = events - sum(actor.expected(end) for actor in campaigns)
    if left <= 0:
        raise PlanError(
            f"events: the campaigns alone send more than {events:,}; ask for more or scale them down"
        )
    factor = left / sum(actor.expected(end) for actor in others)
    for actor in others:
        actor.scale(factor)


def _honest(stage: Stage, plan: WorldPlan) -> list[Actor]:
    archetypes = all_archetypes()
    weights = np.array([plan.weights.get(archetype.name, archetype.weight) for archetype in archetypes])
    counts = np.diff(np.rint(np.cumsum(weights / weights.sum()) * plan.honest), prepend=0).astype(int)
    actors: list[Actor] = []
    for archetype, count in zip(archetypes, counts.tolist(), strict=True):
        if count:
            actors += archetype.cast(stage, count)
    return [*actors, *sidelines(stage, stage.rng("sidelines"), actors)]


def _pools(stage: Stage, plan: WorldPlan) -> list[Actor]:
    return [resale_pool(stage, f"pool-{at + 1}") for at in range(plan.pools)]


def _campaigns(stage: Stage, plan: WorldPlan) -> list[Actor]:
    families = all_families()
    actors: list[Actor] = []
    for at, campaign in enumerate(plan.campaigns):
        family = families[campaign.family]
        name = f"{campaign.family}-{at + 1}"
        effort = campaign.effort or family.effort(stage.rng("effort", name), campaign.scale)
        actors += family.cast(stage, name, effort)
    return actors
