"""All that an evaluation measured, as it is written to `evaluation.json`."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from detector.evaluate.grades import Grades  # noqa: TC001 - msgspec reads annotations at run time
from detector.evaluate.rates import Estimate, Rate

FILE: Final = "evaluation.json"
OURS: Final = "Stillwatch"


class Summary(msgspec.Struct, frozen=True):
    """The key figures of a run, to compare it with another on the same world."""

    tpr: Estimate | None
    """macro, at 0.1 % FPR"""
    precision: Rate
    recall: Rate
    fpr: Rate

    @classmethod
    def of(cls, grades: Grades) -> Summary:
        """The key figures among `grades`."""
        alerts = grades.alerts
        return cls(grades.at[0].macro, alerts.precision, alerts.recall, alerts.fpr)


class WorldResult(msgspec.Struct, frozen=True):
    """One world and every detector's figures on it."""

    name: str
    synthetic: bool
    accounts: int
    events: int
    detectors: dict[str, Grades]
    """by name, the product under `OURS` first"""
    seen_in_training: bool = False


class LeftOut(msgspec.Struct, frozen=True):
    """A family's TPR or an archetype's FPR, by models that never saw it and by models that did.

    Both out of fold: no model scored an account that it learnt from.
    """

    kind: Literal["family", "archetype"]
    name: str
    above_cut: Rate
    """left out: accounts above the cut at 0.1 % FPR"""
    above_cut_known: Rate
    """the same with others of its kind in training"""
    alerted: Rate
    """left out: accounts that reach the shipped threshold"""
    alerted_known: Rate


class Level(msgspec.Struct, frozen=True):
    """One privacy level; what it costs is the difference to the first level, content."""

    name: Literal["content", "sketch", "metadata"]
    figures: Summary


class MissingField(msgspec.Struct, frozen=True):
    """One world with some fields removed; the first of a list has nothing removed."""

    name: str
    fields: tuple[str, ...]
    figures: Summary


class CurvePoint(msgspec.Struct, frozen=True):
    """One setting of what an attacker varies."""

    at: float
    tpr: Rate
    """of the attack's accounts at 0.1 % FPR"""
    alerted: Rate
    cost: float
    """attacker's cost for each answered exchange, relative to the curve's first point"""
    campaigns: Rate = Rate(0, 0, 0.0, 1.0)
    """campaigns with an alert"""
    kept: float = 0.0
    """share of the answered exchanges that came before the alert of their own account"""
    before_first: float = 0.0
    """exchanges answered before a campaign's first alert, median"""
    dollars: float = 0.0
    """for a thousand answered exchanges"""
    dollars_kept: float | None = None
    """for a thousand kept ones, when accounts are lost at their alert; None: nothing is kept"""


class Curve(msgspec.Struct, frozen=True):
    """What evasion by one means buys, and what it costs."""

    family: str
    knob: str
    unit: str
    points: tuple[CurvePoint, ...]
    about: str = ""
    """what stays the same, in words"""


class AdaptiveStep(msgspec.Struct, frozen=True):
    """The best attack found so far by a search against the product as a black box."""

    queries: int
    """replays that the search had used"""
    alerted: Rate
    cost: float
    """its bill, relative to that of the first try"""
    change: str
    """what it did differently, in words"""
    kept: float = 0.0
    """exchanges kept for a dollar"""


class Attack(msgspec.Struct, frozen=True):
    """A strategy tried on several campaigns that the search had not seen."""

    name: str
    tpr: Rate
    """accounts above the cut at 0.1 % FPR"""
    alerted: Rate
    campaigns: Rate
    """campaigns with an alert"""
    kept: float
    """share of the answered exchanges that came before the alert of their own account"""
    dollars: float
    """its bill, US dollars"""
    dollars_kept: float | None
    """for a thousand kept exchanges; None: nothing is kept"""


class AdaptiveResult(msgspec.Struct, frozen=True):
    """An attacker who searches."""

    family: str
    budget: str
    """what could be spent, in words"""
    steps: tuple[AdaptiveStep, ...]
    tried: tuple[float, ...] = ()
    """what each try was worth to the attacker, in order"""
    compared: tuple[Attack, ...] = ()
    """the naive strategy and the best one, on fresh campaigns"""
    worst: AdaptiveResult | None = None
    """the same search by an attacker who sees scores"""


class Evaluation(msgspec.Struct, frozen=True):
    """Everything measured in one run of `stillwatch evaluate`."""

    made: str
    """UTC date and time"""
    model_id: str
    thresholds: str
    worlds: tuple[WorldResult, ...]
    trained_on: tuple[str, ...] = ()
    """worlds of the experiment that leaves traffic out of training"""
    replayed: str = ""
    """world of the experiments that withhold text and fields"""
    leave_one_out: tuple[LeftOut, ...] = ()
    privacy: tuple[Level, ...] = ()
    missing: tuple[MissingField, ...] = ()
    evasion: tuple[Curve, ...] = ()
    adaptive: AdaptiveResult | None = None
