"""Rows of made-up accounts: campaigns, relays and honest use that a small model can tell apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detector.retrain.judging import Judged
from detector.retrain.labelled import Facts, Labelled
from features.account.vector import FEATURES
from features.population.attachment import PART
from features.population.vector import FEATURES as POPULATION
from models.dataset import Examples, PopulationSet, TrainingSet
from models.scorer import BENIGN, DISTILLATION, RELAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

SNAPSHOTS = 2
DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in a world."""

    honest: int = 200
    campaigns: tuple[str, ...] = ("alpha-1", "alpha-2", "beta-1", "beta-2")
    """each of ten accounts; its family is what is before the dash"""
    relays: int = 20
    shift: float = 3.0
    """how far from honest accounts the campaigns are"""
    prefix: str = "a"


def make_rows(seed: int, cast: Cast | None = None) -> Labelled:
    """A world: two snapshots of each account, a day apart, and one population for each campaign."""
    cast, rng = cast or Cast(), np.random.default_rng(seed)
    kinds = ["chat"] * cast.honest + ["resale"] * cast.relays
    groups = [f"{cast.prefix}{at}" for at in range(len(kinds))]
    labels = [BENIGN] * cast.honest + [RELAY] * cast.relays
    for name in cast.campaigns:
        kinds += [name.split("-")[0]] * 10
        groups += [name] * 10
        labels += [DISTILLATION] * 10
    return _labelled(rng, np.array(kinds), np.array(groups), np.array(labels), cast)


def _labelled(
    rng: np.random.Generator, kinds: NDArray[Any], groups: NDArray[Any], labels: NDArray[Any], cast: Cast
) -> Labelled:
    count = len(kinds)
    number = np.tile(np.arange(count), SNAPSHOTS)
    vectors = rng.normal(size=(count * SNAPSHOTS, len(FEATURES)))
    vectors[:, :8] += cast.shift * (labels[number] == DISTILLATION)[:, None]
    vectors[:, 8:16] += cast.shift * (labels[number] == RELAY)[:, None]
    attack = np.flatnonzero(labels == DISTILLATION)
    names, of = np.unique(groups[attack], return_inverse=True)
    parts = np.zeros(len(attack) * SNAPSHOTS, dtype=PART)
    parts["population"], parts["count"], parts["members"] = np.tile(of, SNAPSHOTS), 5, 10
    parts["share"], parts["relative"] = 0.8, 1.0
    rows = TrainingSet(
        vectors, np.repeat([4, 8], count), labels[number], number, np.repeat([False, True], count),
        kinds[number], groups[number], np.ones(len(number)),
        (labels[number] == DISTILLATION).astype(np.int64), parts,
    )  # fmt: skip
    unknown = np.full(count, "unknown")
    client = np.where(np.arange(count) % 2, "curl", "OpenAI/Python")
    facts = Facts(unknown, unknown, client, np.full(count, "content"), np.full(count, "latin"))
    ids = np.array([f"{cast.prefix}{at}" for at in range(count)])
    ends = np.repeat([DAY, 2 * DAY], count)
    return Labelled(Examples(rows, _populations(rng, names, kinds[attack][::10])), ids, ends, facts)


def _populations(rng: np.random.Generator, names: NDArray[Any], families: NDArray[Any]) -> PopulationSet:
    """One of each campaign, and as many of honest accounts and of relays as make folds."""
    extra = 40
    size = len(names) + extra
    labels = np.concatenate([np.full(len(names), DISTILLATION), np.tile([BENIGN, RELAY], extra // 2)])
    vectors = rng.normal(size=(size, len(POPULATION))) + 2.0 * labels[:, None]
    return PopulationSet(
        vectors, labels, np.arange(size), np.full(size, 20),
        np.concatenate([families, np.full(extra, "chat")]),
        np.concatenate([names, [f"population-{at}" for at in range(extra)]]), np.ones(size),
    )  # fmt: skip


def judged(scores: NDArray[np.float64], raise_at: float = 0.5) -> Judged:
    """As if a model had said `scores` of the accounts, by number."""
    return Judged(scores, scores, raise_at)


def truth(rows: Labelled) -> NDArray[np.int64]:
    """Label of each account by number."""
    out = np.zeros(len(rows.names), dtype=np.int64)
    out[rows.examples.accounts.accounts] = rows.examples.accounts.labels
    return out


def with_org(rows: Labelled, org: NDArray[Any]) -> Labelled:
    """The same accounts in organisations, by number."""
    return replace(rows, facts=replace(rows.facts, org=org))
