"""The figures of one detector on one world, each with its n and 95 % interval."""

from __future__ import annotations

import msgspec

from detector.evaluate.rates import Estimate, Rate  # noqa: TC001 - msgspec reads annotations at run time


class Counts(msgspec.Struct, frozen=True):
    """Accounts of a world by what is true of them, and its campaigns."""

    benign: int
    relay: int
    pure_relay: int
    """of pools that carry no campaign"""
    distillation: int
    """sent at least one request of a campaign"""
    campaigns: int


class AtRate(msgspec.Struct, frozen=True):
    """What lies above the lowest cut that at most a share `fpr` of honest accounts exceeds."""

    fpr: float
    cut: float
    supported: bool
    """whether there are honest accounts enough for a claim at this rate"""
    macro: Estimate | None
    """mean over families of the share of their accounts above the cut"""
    families: dict[str, Rate]
    accounts: Rate
    """of all distillation accounts, whatever their family"""
    by_requests: float | None
    """the macro figure when each account counts by its requests of a campaign"""
    relays: Rate
    """relay accounts above the cut"""


class RocPoint(msgspec.Struct, frozen=True):
    """The macro TPR at one FPR."""

    fpr: float
    tpr: float
    low: float
    high: float


class Budget(msgspec.Struct, frozen=True):
    """An analyst who looks at the first `a_day` new alerts of each day (UTC)."""

    a_day: int
    days: int
    """with an alert"""
    precision: Rate
    """relay accounts count as mistakes"""


class Alerts(msgspec.Struct, frozen=True):
    """Accounts whose alerts as distillation stand at the end of the log."""

    precision: Rate
    """among honest and distillation accounts"""
    precision_with_relays: Rate
    """among all accounts, relays being mistakes"""
    recall: Rate
    macro_recall: float | None
    fpr: Rate
    fpr_ever: Rate
    """honest accounts alerted at any time, those included that were cleared later"""
    families: dict[str, Rate]
    archetypes: dict[str, Rate]
    worst: str | None
    """the archetype with the highest share alerted; None when no honest account was"""
    budgets: tuple[Budget, ...]


class Relays(msgspec.Struct, frozen=True):
    """What becomes of relay accounts; `pure` ones belong to pools that carry no campaign."""

    labelled: Rate
    alerted: Rate
    pure_labelled: Rate
    pure_alerted: Rate
    strict_tpr: float | None
    """macro TPR at 0.1 % FPR with the cut also above all but 2 % of pure relay accounts"""
    strict_families: dict[str, float]


class CampaignLeak(msgspec.Struct, frozen=True):
    """Answered exchanges of one campaign before it was noticed; all of them where it never was."""

    campaign_id: str
    family: str
    accounts: int
    exchanges: int
    before_first: int
    """up to the first alert on any of its accounts, or on a found group that is nine tenths its own"""
    before_half: int
    """up to when half of its accounts were flagged"""
    before_most: int
    """up to when nine tenths of its accounts were flagged"""
    half_flagged: bool
    """whether it came to that"""
    most_flagged: bool
    leaked: int
    """answered before the issuing account's own alert"""
    hours: float | None
    """from its first answered request to its first alert; None: never"""


class Spread(msgspec.Struct, frozen=True):
    """Median and ninth decile over campaigns; None where that is beyond what was seen."""

    median: float | None
    low: float | None
    """of the median, at 95 %, from resampled campaigns"""
    high: float | None
    p90: float | None
    n: int
    missed: int
    """campaigns for which it never happened: they count with all of their exchanges, and with endless time"""


class StoppedUnder(msgspec.Struct, frozen=True):
    """Campaigns of more than `mark` exchanges for which less than that leaked, by each reading of leaked."""

    mark: int
    first_alert: Rate
    half_flagged: Rate
    most_flagged: Rate
    own_alerts: Rate


class Leakage(msgspec.Struct, frozen=True):
    """What campaigns got before they were noticed, and how soon that was."""

    campaigns: tuple[CampaignLeak, ...]
    before_first: Spread
    before_half: Spread
    before_most: Spread
    hours: Spread
    share: Estimate | None
    """mean over campaigns of the share leaked"""
    leaked_exchanges: Rate
    """the same over all exchanges together; they are not independent, so its interval is too narrow"""
    families: dict[str, float]
    marks: tuple[StoppedUnder, ...]


class Groups(msgspec.Struct, frozen=True):
    """Campaigns put together."""

    recall: Rate
    """true campaigns with a found one that is nine tenths theirs and holds half of them"""
    precision: Rate
    """found groups of two or more accounts that are nine tenths of one campaign"""
    predicted: int
    families: dict[str, Rate]
    bcubed_precision: float | None
    bcubed_recall: float | None
    bcubed_f1: Estimate | None


class Bin(msgspec.Struct, frozen=True):
    """Accounts with scores of one range."""

    mean: float
    """of their scores"""
    rate: Rate
    """how many do take part in distillation"""


class Calibration(msgspec.Struct, frozen=True):
    """Whether scores are probabilities, over all accounts, relays not taking part."""

    ece: float
    brier: float
    n: int
    bins: tuple[Bin, ...]


class Grades(msgspec.Struct, frozen=True):
    """The figures of one detector on one world."""

    counts: Counts
    at: tuple[AtRate, ...]
    """at 0.1 % and 0.01 % FPR, in this order"""
    roc: tuple[RocPoint, ...]
    pr_auc: float | None
    alerts: Alerts
    relays: Relays
    leakage: Leakage
    groups: Groups
    calibration: Calibration
