"""What campaigns were answered before they were noticed, and how long that took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detector.evaluate.grades import CampaignLeak, Leakage, Spread, StoppedUnder
from detector.evaluate.joined import NEVER, microseconds
from detector.evaluate.rates import Rate, estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from detector.evaluate.joined import Joined
    from detector.evaluate.rates import Estimate
    from detector.truth import WorldTruth

MARKS: Final = (1_000, 10_000, 50_000, 200_000)
"""Exchanges: what published extractions needed, from a narrow skill to a general student."""
OWN: Final = 0.9
"""Share of a found group that must be of one campaign for the group's alert to be the campaign's."""

_HOUR: Final = 3_600_000_000
_HALF, _MOST = 0.5, 0.9


def grade_leakage(truth: WorldTruth, joined: Joined, rng: np.random.Generator, resamples: int) -> Leakage:
    """Figures of every campaign with an answered request."""
    leaks = tuple(campaign_leaks(truth, joined))
    hours = [np.inf if leak.hours is None else leak.hours for leak in leaks]
    undetected = sum(leak.hours is None for leak in leaks)

    def over(values: Sequence[float], missed: int) -> Spread:
        return spread(values, missed, rng, resamples)

    return Leakage(
        campaigns=leaks,
        before_first=over([leak.before_first for leak in leaks], undetected),
        before_half=over([leak.before_half for leak in leaks], sum(not leak.half_flagged for leak in leaks)),
        before_most=over([leak.before_most for leak in leaks], sum(not leak.most_flagged for leak in leaks)),
        hours=over(hours, undetected),
        share=_mean_share(leaks, rng, resamples),
        leaked_exchanges=Rate.of(sum(leak.leaked for leak in leaks), sum(leak.exchanges for leak in leaks)),
        families=_by_family(leaks),
        marks=tuple(_stopped(leaks, mark) for mark in MARKS),
    )


def _mean_share(leaks: Sequence[CampaignLeak], rng: np.random.Generator, resamples: int) -> Estimate | None:
    if not leaks:
        return None
    shares = np.array([leak.leaked / leak.exchanges for leak in leaks])
    drawn = shares[rng.integers(0, len(shares), (resamples, len(shares)))].mean(axis=1)
    return estimate(float(shares.mean()), drawn, len(shares))


def _by_family(leaks: Sequence[CampaignLeak]) -> dict[str, float]:
    shares: dict[str, list[float]] = {}
    for leak in leaks:
        shares.setdefault(leak.family, []).append(leak.leaked / leak.exchanges)
    return {family: float(np.mean(found)) for family, found in sorted(shares.items())}


def campaign_leaks(truth: WorldTruth, joined: Joined) -> list[CampaignLeak]:
    """The leak of each campaign with an answered request, in order of its id."""
    answered = truth.events[truth.events["ok"].astype(bool)]
    alert_at = joined.accounts.set_index("account_id")["alert_at"]
    own = answered["account_id"].map(alert_at).fillna(NEVER).to_numpy(np.int64)
    times = microseconds(answered["time"])
    members = joined.labelled("distillation").groupby("campaign_id")["alert_at"]
    alerts = {str(name): np.sort(at.to_numpy(np.int64)) for name, at in members}
    groups = group_alerts(joined)
    families = answered["family"].to_numpy(str)
    found = []
    for name, rows in sorted(answered.groupby("campaign_id").indices.items()):
        own_group = groups.get(str(name), NEVER)
        found.append(
            _leak(str(name), families[rows[0]], alerts[str(name)], own_group, times[rows], own[rows])
        )
    return found


def _leak(
    name: str,
    family: str,
    alerts: NDArray[np.int64],
    group: int,
    times: NDArray[np.int64],
    own: NDArray[np.int64],
) -> CampaignLeak:
    first, half, most = min(int(alerts[0]), group), nth(alerts, _HALF), nth(alerts, _MOST)
    return CampaignLeak(
        campaign_id=name,
        family=str(family),
        accounts=len(alerts),
        exchanges=len(times),
        before_first=int((times <= first).sum()),
        before_half=int((times <= half).sum()),
        before_most=int((times <= most).sum()),
        half_flagged=half != NEVER,
        most_flagged=most != NEVER,
        leaked=int((times <= own).sum()),
        hours=None if first == NEVER else max(0.0, (first - int(times.min())) / _HOUR),
    )


def nth(alerts: NDArray[np.int64], share: float) -> int:
    """When at least `share` of the accounts were flagged; `alerts` ascending, `NEVER` for no alert."""
    return int(alerts[int(np.ceil(share * len(alerts))) - 1])


def group_alerts(joined: Joined) -> dict[str, int]:
    """The earliest alert, µs, of a found group that is at least `OWN` of one campaign, by that campaign."""
    found: dict[str, int] = {}
    for group, campaigns in joined.accounts.groupby("group")["campaign_id"]:
        counts = campaigns.value_counts()
        if group in joined.group_at and len(counts) and counts.iloc[0] >= OWN * len(campaigns):
            campaign = str(counts.index[0])
            found[campaign] = min(found.get(campaign, NEVER), joined.group_at[group])
    return found


def spread(values: Sequence[float], missed: int, rng: np.random.Generator, resamples: int) -> Spread:
    """Median with its interval and ninth decile; what is infinite becomes None."""
    if not values:
        return Spread(None, None, None, None, 0, missed)
    known = np.array(values, dtype=float)
    drawn = np.median(known[rng.integers(0, len(known), (resamples, len(known)))], axis=1)
    # An order statistic: between a number and infinity nothing can be interpolated.
    low, high = np.percentile(drawn, (2.5, 97.5), method="inverted_cdf")
    p90 = np.percentile(known, 90, method="inverted_cdf")
    return Spread(_finite(np.median(known)), _finite(low), _finite(high), _finite(p90), len(known), missed)


def _finite(value: np.floating[Any]) -> float | None:
    return float(value) if np.isfinite(value) else None


def _stopped(leaks: Sequence[CampaignLeak], mark: int) -> StoppedUnder:
    big = [leak for leak in leaks if leak.exchanges > mark]

    def under(leaked: Callable[[CampaignLeak], int]) -> Rate:
        return Rate.of(sum(leaked(leak) < mark for leak in big), len(big))

    return StoppedUnder(
        mark,
        under(lambda leak: leak.before_first),
        under(lambda leak: leak.before_half),
        under(lambda leak: leak.before_most),
        under(lambda leak: leak.leaked),
    )
