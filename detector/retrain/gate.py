"""The gate: a challenger replaces the champion only where it is nowhere worse by more than the noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from detector.retrain.bootstrap import (
    Difference,
    interval,
    paired_difference,
    resampled_cuts,
    resampled_tpr,
)
from detector.retrain.checks import Check
from detector.retrain.slicing import FPR_SLICES, slices_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from detector.retrain.checks import Compared, Dimension

FPR: Final = 1e-3
_CANARY: Final = 3
"""accounts of a campaign that serves as a canary"""
_SURE: Final = 0.8
_FOUND: Final = 0.5
"""share of them alerted"""


class Gate(msgspec.Struct, frozen=True):
    """Whether the challenger may replace the champion."""

    champion: str
    challenger: str
    passed: bool
    checks: tuple[Check, ...]

    @property
    def refusals(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.passed)


@dataclass(frozen=True, slots=True)
class GateSettings:
    """How the gate decides."""

    level: float = 0.95
    """of all intervals together (Bonferroni)"""
    resamples: int = 2_000
    least: int = 30
    """honest accounts of a slice that has a check of its own"""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Shares:
    """Two shares of the same accounts, and how their difference would vary."""

    dimension: Dimension
    name: str
    measure: str
    before: NDArray[Any]
    """of each account whether it counts; of each family, the share"""
    after: NDArray[Any]
    rising: bool
    """whether more is better"""
    drawn: NDArray[np.float64] | None = None
    """differences in resamples, where more varies than the accounts"""
    groups: NDArray[np.str_] | None = None


def compare(
    tested: Compared, held_out: Sequence[str], regression: Compared | None, canary: Compared | None,
    settings: GateSettings,
) -> tuple[Check, ...]:  # fmt: skip
    """All checks: of `tested`, of past true positives and of canaries.

    Families that neither model has seen are checked as `held-out`.
    """
    rng = np.random.default_rng(settings.seed)
    asked = [*_families(tested, held_out, rng, settings), *_slices(tested, settings.least)]
    asked += [] if regression is None else _kept(regression)
    level = 1 - 2 * (1 - settings.level) / max(len(asked), 1)
    found = [_check(one, rng, settings.resamples, level) for one in asked]
    return (*found, *([] if canary is None else _canaries(canary)))


def _families(
    tested: Compared, held_out: Sequence[str], rng: np.random.Generator, settings: GateSettings
) -> Iterator[_Shares]:
    attack, kinds, groups = tested.attack, tested.kinds, tested.groups
    if len(attack) == 0 or len(tested.honest) == 0:
        return
    before, after = tested.above(FPR)
    cuts = resampled_cuts(tested.scored.take(tested.honest), FPR, rng, settings.resamples)
    draws, measure = [], "TPR at 0.1 % FPR"
    families = np.unique(kinds[attack])
    of_family = [attack[kinds[attack] == family] for family in families]
    for family, chosen in zip(families, of_family, strict=True):
        draws.append(resampled_tpr(tested.scored.take(chosen), groups[chosen], cuts, rng))
        dimension: Dimension = "held-out" if family in held_out else "family"
        yield _Shares(
            dimension, str(family), measure, before[chosen], after[chosen], rising=True, drawn=draws[-1]
        )
    macro = [(before[chosen].mean(), after[chosen].mean()) for chosen in of_family]
    was, became = np.array(macro).T
    drawn = np.mean(draws, axis=0)
    yield _Shares("all", "mean over families", measure, was, became, rising=True, drawn=drawn)


def _slices(tested: Compared, least: int) -> Iterator[_Shares]:
    honest, groups = tested.honest, tested.groups
    before, after = tested.champion.alerted, tested.challenger.alerted
    slices: list[tuple[Dimension, str, NDArray[np.int64]]] = [("all", "honest accounts", honest)]
    for one in FPR_SLICES:
        slices += [(one, name, chosen) for name, chosen in slices_of(tested.rows, one, honest, least)]
    for dimension, name, chosen in slices:
        if len(chosen):
            yield _Shares(
                dimension, name, "alerted", before[chosen], after[chosen], rising=False, groups=groups[chosen]
            )


def _kept(regression: Compared) -> list[_Shares]:
    attack = regression.attack
    # What the champion never caught is no regression of the challenger's.
    caught = attack[regression.champion.alerted[attack]]
    if len(caught) == 0:
        return []
    before, after = regression.champion.alerted[caught], regression.challenger.alerted[caught]
    # The set is frozen, and no draw of campaigns: that all of one is lost is no chance.
    groups, name = caught.astype(np.str_), "past true positives"
    return [_Shares("regression", name, "alerted", before, after, rising=True, groups=groups)]


def _check(shares: _Shares, rng: np.random.Generator, resamples: int, level: float) -> Check:
    before, after = float(shares.before.mean()), float(shares.after.mean())
    moved = _moved(shares, rng, resamples, level)
    worse = moved.high < 0 if shares.rising else moved.low > 0
    why = f"{shares.measure} goes from {before:.2%} to {after:.2%}, beyond the noise" if worse else ""
    return Check(
        shares.dimension, shares.name, shares.measure, len(shares.before), before, after,
        moved.low, moved.high, not worse, why,
    )  # fmt: skip


def _moved(shares: _Shares, rng: np.random.Generator, resamples: int, level: float) -> Difference:
    if shares.drawn is not None:
        return interval(float(shares.after.mean() - shares.before.mean()), shares.drawn, level)
    groups = np.zeros(len(shares.before), dtype=np.str_) if shares.groups is None else shares.groups
    return paired_difference(shares.before, shares.after, groups, rng, resamples, level)


def _canaries(canary: Compared) -> Iterator[Check]:
    """A campaign of some size that the champion surely finds must be found."""
    attack, groups = canary.attack, canary.groups
    for name in np.unique(groups[attack]):
        chosen = attack[groups[attack] == name]
        before = float(canary.champion.alerted[chosen].mean())
        after = float(canary.challenger.alerted[chosen].mean())
        lost = len(chosen) >= _CANARY and before >= _SURE and after < _FOUND
        why = f"the champion finds {before:.0%} of its accounts, the challenger {after:.0%}" if lost else ""
        moved = after - before
        yield Check("canary", str(name), "alerted", len(chosen), before, after, moved, moved, not lost, why)
