"""Bans: accounts that the provider closes, what the log says of them, and who takes their place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.clock import rfc3339
from streaming.simulator.requests import HOUR, MINUTE, NEVER
from streaming.simulator.scenes import Items

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from streaming.simulator.population import Population
    from streaming.simulator.stage import Stage

FORBIDDEN: Final = 403
_NOTICED: Final = (10 * MINUTE, 3 * HOUR)
"""how long a banned account is still tried"""


def record_bans(stage: Stage, accounts: Iterable[int], times: Iterable[int]) -> None:
    """Lifecycle records of the bans that fall into the world."""
    for account, time in zip(accounts, times, strict=True):
        if stage.clock.start <= time < stage.clock.end:
            record = {"kind": "ban", "time": rfc3339(time), "account_id": stage.facts[account].account_id}
            stage.lifecycle.append((int(time), json.dumps(record)))


def ban_wave(
    stage: Stage, rng: np.random.Generator, rows: NDArray[np.void], wave: int, spread: int
) -> dict[int, int]:
    """Ban all accounts of `rows` within `spread` ms of `wave`: ban time by account.

    Their habits end when their owner has noticed, so that for a while they meet with refusals.
    """
    accounts = np.unique(rows["account"])
    times = wave + (rng.random(len(accounts)) * spread).astype(np.int64)
    given_up = times + rng.integers(*_NOTICED, len(accounts))
    at = np.searchsorted(accounts, rows["account"])
    rows["end"] = np.minimum(rows["end"], given_up[at])
    record_bans(stage, accounts.tolist(), times.tolist())
    return dict(zip(accounts.tolist(), times.tolist(), strict=True))


class Banned:
    """A population some of whose accounts are banned on the way."""

    def __init__(self, population: Population, stage: Stage, until: dict[int, int]) -> None:
        self.name = population.name
        self._population, self._stage = population, stage
        self._until = np.full(len(stage.facts), NEVER)
        self._until[list(until)] = list(until.values())

    def expected(self, end: int) -> float:
        """Requests to be expected before `end` ms."""
        return self._population.expected(end)

    def scale(self, factor: float) -> None:
        """Multiply how often everybody starts a session."""
        self._population.scale(factor)

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """The population's requests; those of a banned account are forbidden, and their items wait."""
        rows = self._population.requests(start, end, rng)
        barred = rows["time"] >= self._until[rows["account"]]
        rows["status"][barred] = FORBIDDEN
        rows["refused"][barred] = False
        if barred.any():
            self._give_back(rows, barred)
        return rows

    def _give_back(self, rows: NDArray[np.void], barred: NDArray[np.bool_]) -> None:
        """What was asked in vain is what the queue gives out next."""
        traits = self._stage.traits[rows["scene"]]
        queued = (traits["items"] == Items.QUEUE) & ~traits["conversation"] & (traits["repeats"] == 1)
        for scene in np.unique(rows["scene"][queued & barred]):
            at = np.flatnonzero(queued & (rows["scene"] == scene))
            at = at[np.argsort(rows["time"][at], kind="stable")]
            served = ~barred[at]
            rows["item"][at] = rows["item"][at].min() + np.cumsum(served) - served
            rows["seed"][at] = self._stage.seeds(rows["scene"][at], rows["item"][at])
            self._stage.take(int(scene), -int(barred[at].sum()))
