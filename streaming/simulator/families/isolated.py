"""Full isolation: nothing shared, a person's hours, and a data set of which each account has its own shard.

Beyond the record: what an attacker would do who knows how the published campaigns were found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, log_uniform, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import any_purpose
from streaming.simulator.scenes import Items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "isolated"
_ROOM: Final = 4
"""items of a shard for each that is expected to be used, so that no shard runs out"""


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Tens to hundreds of accounts with a payment, a network and a device each."""
    drawn = spend(
        rng, scale, accounts=(20, 300), wordings=(1, 12), isolation=(1.0, 1.0), human=(0.75, 1.0),
    )  # fmt: skip
    return replace(drawn, exchanges=round(drawn.accounts * log_uniform(rng, 20, 120)))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Accounts that each work through their own part of the data set, in order."""
    rng = stage.rng(name)
    first = stage.scene(replace(any_purpose(stage, rng, spent.wordings), items=Items.SWEEP))
    job = Job(first, kit(stage, rng)[0], stage.market.sdk, batch=4.0, steady=True)
    rows = crew(stage, rng, attacker(_NAME, name), spent, job)
    shard = _ROOM * (spent.exchanges // spent.accounts + 25)
    at = np.searchsorted(np.unique(rows["account"]), rows["account"])
    rows["items"], rows["items_count"] = at * shard, shard
    return [Population(name, stage, rows)]


FAMILY = Family(_NAME, "Shares nothing, keeps a person's hours, one shard an account.", effort, cast)
