"""Evasion: what an attacker gains by spending more on one thing, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from detector.evaluate.adversary.prices import POOLED, Prices, bill
from detector.evaluate.adversary.strategy import NAIVE
from detector.evaluate.experiments.steps import unseen
from detector.evaluate.results import Curve, CurvePoint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from detector.evaluate.adversary.prices import Bill
    from detector.evaluate.adversary.trial import Ground, Trial
    from detector.evaluate.experiments.steps import Step
    from streaming.simulator.family import Effort

CAMPAIGNS: Final = 4
"""Campaigns at each point."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One thing that an attacker can vary."""

    name: str
    unit: str
    stops: tuple[float, ...]
    turn: Callable[[Effort, float], Effort]
    """the effort with this thing at this value"""


KNOBS: Final = (
    Knob(
        "accounts",
        "for the same exchanges",
        (8, 32, 128, 320),
        lambda effort, value: replace(effort, accounts=int(value)),
    ),
    Knob(
        "rate",
        "exchanges of an account in a day",
        (400, 60, 12, 4),
        lambda effort, value: replace(effort, days=effort.exchanges / (effort.accounts * value)),
    ),
    Knob(
        "mix share",
        "share of an account's requests that are ordinary",
        (0.0, 0.3, 0.6, 0.85, 0.95),
        lambda effort, value: replace(effort, cover=value),
    ),
    Knob(
        "wordings",
        "ways to put the template",
        (1, 4, 16, 64),
        lambda effort, value: replace(effort, wordings=int(value)),
    ),
    Knob(
        "isolation",
        "share of accounts with payment, network and device of their own",
        (0.0, 0.5, 1.0),
        lambda effort, value: replace(effort, isolation=value),
    ),
    Knob(
        "human timing",
        "0: workers round the clock, 1: hours and pauses of people",
        (0.0, 0.5, 1.0),
        lambda effort, value: replace(effort, human=value),
    ),
)

FAMILIES: Final[Mapping[str, Effort]] = MappingProxyType(
    {
        "fixed_cot": NAIVE,
        "self_instruct": NAIVE,
        "agentic_synthesis": NAIVE,
        "judge_reward": NAIVE,
        "relay_mixed": replace(NAIVE, cover=0.85, days=None),
    }
)
"""Family to the effort that its curves start from."""


def evasion(
    ground: Ground,
    families: Mapping[str, Effort] = FAMILIES,
    knobs: Sequence[Knob] = KNOBS,
    campaigns: int = CAMPAIGNS,
    prices: Prices | None = None,
    step: Step = unseen,
) -> tuple[Curve, ...]:
    """A curve for each family and knob; all points draw the same campaigns but for what the knob changes.

    Raises `ValueError` for a family that does not exist.
    """
    wanted = [(family, knob) for family in families for knob in knobs if turns(family, knob)]
    trials: dict[tuple[str, Effort], Trial] = {}
    curves = []
    for number, (family, knob) in enumerate(wanted, 1):
        step(f"{family}, {knob.name}", number, len(wanted))
        base = families[family]
        for value in knob.stops:
            effort = knob.turn(base, value)
            # The plain effort is a point of most curves of its family.
            if (family, effort) not in trials:
                trials[family, effort] = ground.trial(family, effort, campaigns)
        points = [(value, knob.turn(base, value)) for value in knob.stops]
        bills = [_bill(ground, family, effort, prices or Prices()) for _, effort in points]
        found = [
            _point(value, trials[family, effort], paid, bills[0])
            for (value, effort), paid in zip(points, bills, strict=True)
        ]
        curves.append(Curve(family, knob.name, knob.unit, tuple(found), _about(ground, base, campaigns)))
    return tuple(curves)


def turns(family: str, knob: Knob) -> bool:
    """Whether a family has this knob."""
    return not (family in POOLED and knob.name == "rate")


def _bill(ground: Ground, family: str, effort: Effort, prices: Prices) -> Bill:
    return bill(effort, ground.lasting, prices, pays_cover=family not in POOLED)


def _point(value: float, trial: Trial, paid: Bill, first: Bill) -> CurvePoint:
    each, at_first = paid.total / paid.exchanges, first.total / first.exchanges
    return CurvePoint(
        at=float(value),
        tpr=trial.above,
        alerted=trial.alerted,
        cost=each / at_first,
        campaigns=trial.campaigns,
        kept=trial.kept,
        before_first=trial.before_first,
        dollars=1000 * each,
        dollars_kept=paid.per_thousand(trial.kept),
    )


def _about(ground: Ground, base: Effort, campaigns: int) -> str:
    lasting = "all days" if base.days is None else f"{base.days:g} days"
    compared = "staged with every point" if ground.cut is None else "scored once"
    return (
        f"{campaigns} campaigns a point, each of {base.accounts} accounts, {base.exchanges:,} exchanges, "
        f"{lasting}, {100 * base.cover:.0f} % cover, {base.wordings} wording(s), isolation "
        f"{base.isolation:g} and human timing {base.human:g} but for what is varied; "
        f"{ground.plan.honest:,} honest accounts, {compared}"
    )
