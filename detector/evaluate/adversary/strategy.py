"""Strategies: what an attacker can vary, drawn at random or changed a little."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from streaming.simulator.family import Effort, log_uniform

if TYPE_CHECKING:
    from collections.abc import Callable

NAIVE: Final = Effort(accounts=32, exchanges=1_600, isolation=0.0, days=2.0)
"""An attacker who has not heard of detectors: shared cards and networks, one wording, no cover."""

SIZES: Final = {"accounts": (4.0, 300.0), "exchanges": (400.0, 5_000.0), "wordings": (1.0, 32.0)}
"""Whole numbers, searched by factors."""
SHARES: Final = {"cover": 0.9, "isolation": 1.0, "human": 1.0}
"""Shares and the largest of each, searched by steps."""
DAYS: Final = (0.5, 7.0)

PER_DAY: Final = 1_000
"""Requests that an account can make in a day: assumed, a little above the most of campaigns on record."""
_SHRINK: Final = 0.8
_FEWEST: Final = 5
"""Exchanges below which an account is not worth its registration."""
_LOOKS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way to attack."""

    effort: Effort
    look: int
    """which wording, program and parameters are drawn, and all other chance"""

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Self:
        """Any strategy: sizes and days log-uniform, shares uniform, every second one without cover."""
        sizes = {name: round(log_uniform(rng, *ends)) for name, ends in SIZES.items()}
        shares = {name: float(rng.uniform(0, most)) for name, most in SHARES.items()}
        shares["cover"] *= float(rng.integers(2))
        bought: dict[str, Any] = {**sizes, **shares, "days": log_uniform(rng, *DAYS)}
        return cls(_worthwhile(Effort(**bought)), int(rng.integers(_LOOKS)))

    def neighbour(self, rng: np.random.Generator) -> Self:
        """One or two things changed."""
        moves = [*SIZES, *SHARES, "days", "look"]
        found = self
        for move in rng.choice(moves, size=int(rng.integers(1, 3)), replace=False):
            found = found.moved(str(move), rng)
        return found

    def moved(self, what: str, rng: np.random.Generator) -> Self:
        """One thing changed: sizes and days by up to a factor of three, shares by up to 0.3, a look anew."""
        if what == "look":
            return replace(self, look=int(rng.integers(_LOOKS)))
        now = getattr(self.effort, what)
        changed: float
        if what in SHARES:
            changed = float(np.clip(now + rng.uniform(-0.3, 0.3), 0.0, SHARES[what]))
        elif what in SIZES:
            changed = round(np.clip(now * log_uniform(rng, 1 / 3, 3), *SIZES[what]))
        else:
            changed = float(np.clip((now or DAYS[1]) * log_uniform(rng, 1 / 3, 3), *DAYS))
        turned: dict[str, Any] = {what: changed}
        return replace(self, effort=_worthwhile(replace(self.effort, **turned)))

    def within(self, most: float, price: Callable[[Effort], float]) -> Self:
        """The same with less of everything that is bought, until it costs no more than `most`.

        Raises `ValueError` where not even the least can be paid.
        """
        effort = self.effort
        while price(effort) > most:
            smaller = _smaller(effort)
            if smaller == effort:
                raise ValueError(f"budget: {most:,.2f} dollars a try pay for no campaign at all; allow more")
            effort = smaller
        return replace(self, effort=effort)


def _smaller(effort: Effort) -> Effort:
    return _worthwhile(
        replace(
            effort,
            accounts=max(1, int(effort.accounts * _SHRINK)),
            exchanges=int(effort.exchanges * _SHRINK),
            wordings=max(1, int(effort.wordings * _SHRINK)),
            days=max(DAYS[0], (effort.days or DAYS[1]) * _SHRINK),
        )
    )


def changes(old: Effort, new: Effort) -> str:
    """What differs, in words; nothing: `as it is`."""
    said = [
        f"{name} {getattr(old, name):,} to {getattr(new, name):,}"
        for name in SIZES
        if getattr(old, name) != getattr(new, name)
    ]
    shares = {name: [round(100 * getattr(effort, name)) for effort in (old, new)] for name in SHARES}
    said += [f"{name} {before} to {after} %" for name, (before, after) in shares.items() if before != after]
    if old.days != new.days:
        said.append(f"days {_days(old)} to {_days(new)}")
    return ", ".join(said) or "as it is"


def _days(effort: Effort) -> str:
    return "all" if effort.days is None else f"{effort.days:.1f}"


def _worthwhile(effort: Effort) -> Effort:
    """The same with as many exchanges as pay for the accounts, and no more than they can make."""
    most = PER_DAY * (1 - effort.cover) * effort.accounts * (effort.days or DAYS[1])
    least = _FEWEST * effort.accounts
    return replace(effort, exchanges=int(np.clip(effort.exchanges, least, max(least, most))))
