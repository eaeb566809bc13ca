"""Context: when, how much and from where. None of these alerts, alone or together (`features.catalogue`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from numba import njit

from features.account.measures import entropy, mean, share, spread
from features.account.sketches import distinct
from features.catalogue import Feature

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from features.rows import Record

_SHARE: Final = ("share", 0.0, 1.0)
_LOG: Final = ("log2", 0.0, 32.0)
_COUNT: Final = ("count", 0.0, 1e6)
_DAY: Final = 86_400_000.0

FEATURES: Final = (
    Feature("volume", "timing", *_LOG, "Logarithm of the requests seen.",
            "Weak: campaigns spread thin.", "Every large customer."),
    Feature("daily_volume", "timing", *_LOG, "Logarithm of requests per active day.",
            "Work queues fill every account evenly.", "Products."),
    Feature("peak_volume", "timing", *_LOG, "Logarithm of the busiest day.",
            "Load balancing caps it.", "Month-end jobs."),
    Feature("gap_length", "timing", *_LOG, "Mean logarithm of the time between requests (ms).",
            "Workers pull the next item at once.", "Batch jobs."),
    Feature("gap_spread", "timing", *_LOG, "Spread of the logarithm of the time between requests.",
            "Regular pacing: no honest client of a public trace is that regular (ServeGen).", "Cron jobs."),
    Feature("even_gap_share", "timing", *_SHARE, "Gaps within 5 % of the gap before.",
            "Fixed delays and retries.", "Cron jobs and pollers."),
    Feature("instant_share", "timing", *_SHARE, "Gaps under a second.",
            "Parallel workers.", "Batch jobs."),
    Feature("overlap_share", "timing", *_SHARE, "Requests that began before the last answer had ended.",
            "Parallel workers.", "Products with several users."),
    Feature("hour_entropy", "timing", "bits", 0.0, 4.585, "Spread over the hours of the day.",
            "Round-the-clock use.", "Every service with users abroad."),
    Feature("early_share", "timing", *_SHARE, "Requests within a day of the account's first.",
            "Full use from the first day.", "Migrations and try-outs."),
    Feature("error_share", "timing", *_SHARE, "Failed requests, but for refusals of access and rate limits.",
            "Sloppy pipelines.", "Sloppy products."),
    Feature("limited_share", "timing", *_SHARE, "Requests over a rate limit.",
            "Queues that push.", "Load tests."),
    Feature("age", "identity", *_LOG, "Logarithm of days from sign-up to the first request seen.",
            "Accounts are made for the campaign.", "Every new customer."),
    Feature("session_rate", "identity", *_SHARE, "Different sessions per request.",
            "Every item its own session.", "Software without sessions."),
    Feature("end_users", "identity", *_COUNT, "Different end users.",
            "A product has users; a pipeline has none.", "Products that do not say."),
    Feature("networks", "identity", *_COUNT, "Different networks (/24 or /48).",
            "Proxies.", "Mobile users and cloud functions."),
    Feature("asns", "identity", *_COUNT, "Different autonomous systems.", "Proxies.", "Travellers."),
    Feature("agents", "identity", *_COUNT, "Different user agents.", "Shared accounts.", "Several tools."),
    Feature("devices", "identity", *_COUNT, "Different devices.", "Shared accounts.", "Teams."),
    Feature("models", "identity", *_COUNT, "Different models.", "A campaign has one target.", "Benchmarks."),
    Feature("human_share", "identity", *_SHARE, "Requests with a valid human token, where one is looked for.",
            "Weak: tokens can be bought.", "Servers have none."),
)  # fmt: skip


@njit(cache=True, nogil=True)
def measure(state: Record, out: NDArray[np.float64]) -> None:
    """Write the features above, in their order, to `out`; `state` is one account's row."""
    events, gaps = state.events, state.gaps
    days = max(distinct(state.days), 1.0)
    out[0] = math.log2(1.0 + events)
    out[1] = math.log2(1.0 + events / days)
    out[2] = math.log2(1.0 + state.day_peak)
    out[3] = mean(state.log_gap, gaps) / 256.0
    out[4] = spread(state.log_gap, state.log_gap_sq, gaps) / 256.0
    out[5] = share(state.even_gaps, gaps, 0.03)
    out[6] = share(state.instant_gaps, gaps, 0.05)
    out[7] = share(state.overlaps, gaps, 0.1)
    out[8] = entropy(state.hours)
    out[9] = share(state.early, events, 0.5)
    out[10] = share(state.errors, events, 0.02)
    out[11] = share(state.limited, events, 0.01)
    out[12] = math.log2(1.0 + max(state.first - state.created, 0) / _DAY) if state.created > 0 else math.nan
    sessions = distinct(state.sessions)
    out[13] = share(sessions, events, 0.5) if sessions > 0 else math.nan
    out[14] = distinct(state.end_users)
    out[15] = distinct(state.networks)
    out[16] = distinct(state.asns)
    out[17] = distinct(state.agents)
    out[18] = distinct(state.devices)
    out[19] = distinct(state.models)
    out[20] = share(state.human_valid, state.with_human, 0.5)
