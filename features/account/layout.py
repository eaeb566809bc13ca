"""The state of one account: integers and small sketches in one fixed-size row.

Everything is an integer, so that the result never depends on the order of floating-point sums. Counters
are halved once per half-life of an account's own age (`features.account.decay`), which lets an account that
changes be seen as what it is now. A sum over a field is kept beside the count of events that had the field.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import numpy as np

TOP: Final = 3
"""Slots of a Space-Saving counter."""

REGISTERS_LARGE: Final = 64
REGISTERS_SMALL: Final = 16
"""HyperLogLog registers, four bits each, two a byte."""

SERVED: Final = 8
"""Responses remembered, to tell an account's own history from somebody else's."""

RECENT: Final = 4
"""Requests remembered, to see the same request sent k times."""

COUNTERS: Final = (
    "events",  # answered or refused requests that are evidence
    "ok",
    "errors",  # 4xx but for 401, 403 and 429; 5xx: failures of the request, never our own verdicts
    "limited",  # 429
    "refused",  # the model or its filter declined
    "finished",  # events with a known finish reason
    "capped",  # stopped by max_tokens
    "with_input",
    "with_output",
    "with_cached",
    "with_limit",  # max_tokens given
    "filled",  # answered with output tokens and a max_tokens known
    "with_temperature",
    "cold",  # temperature 0
    "warm",  # temperature 0.5 or more
    "seeded",
    "sampled",  # n > 1
    "logprobs",
    "biased",  # a logit bias given
    "one_token",  # max_tokens 1
    "formatted",
    "tooled",  # tools offered
    "effortful",  # reasoning effort high
    "reasoned",  # reasoning tokens spent
    "with_human",
    "human_valid",
    "with_text",
    "with_user",  # a user message
    "single_turn",
    "tool_results",
    "with_system",
    "with_history",  # an assistant turn long enough to be recognised
    "own_history",  # ... that this account was served lately
    "repeated",  # the same input among the last few
    "gaps",
    "instant_gaps",  # under a second
    "even_gaps",  # within 5 % of the gap before, and no instant one
    "overlaps",  # began before the previous answer had ended
    "early",  # within a day of the account's first request
)

SUMS: Final = MappingProxyType(
    {
        "input_tokens": "with_input",
        "output_tokens": "with_output",
        "cached_tokens": "with_cached",
        "reasoning_tokens": "reasoned",
        "log_input": "with_input",  # 256 log2(1 + tokens)
        "log_input_sq": "with_input",
        "log_output": "with_output",
        "log_output_sq": "with_output",
        "log_limit": "with_limit",
        "fill": "filled",  # output tokens in 1/1024 of max_tokens
        "temperature": "with_temperature",  # thousandths
        "bias_size": "biased",
        "log_user": "with_user",  # 256 log2(1 + bytes)
        "log_user_sq": "with_user",
        "log_gap": "gaps",  # 256 log2(1 + ms)
        "log_gap_sq": "gaps",
    }
)
"""What is summed, and the counter of the events in each sum."""

TRACKED: Final = ("templates", "heads", "tails", "systems", "settings")
"""What is counted by its most frequent values."""

DISTINCT_LARGE: Final = ("contents", "shingles")
DISTINCT_SMALL: Final = (
    "template_kinds",
    "openings",
    "sessions",
    "models",
    "end_users",
    "networks",
    "asns",
    "agents",
    "devices",
    "days",
)
"""What is counted by how many different values there were."""

PURPOSES: Final = 8

ACCOUNT_ROW: Final = np.dtype(
    [
        ("first", "<i8"),  # start of the first request, ms
        ("last", "<i8"),
        ("last_end", "<i8"),
        ("created", "<i8"),  # sign-up, ms; -1 unknown
        *[(name, "<i8") for name in SUMS],
        *[(name, "<i4") for name in COUNTERS],
        ("total", "<i4"),  # events ever, never halved
        ("denied", "<i4"),  # refused by our own hook, or 401 or 403: somebody's verdict, never evidence
        ("last_gap", "<i4"),
        ("halvings", "<i4"),
        ("day", "<i4"),
        ("day_events", "<i4"),
        ("day_peak", "<i4"),
        ("hours", "<u2", (24,)),
        ("purposes", "<i4", (PURPOSES,)),
        *[field for name in TRACKED for field in ((name, "<u4", (TOP,)), (f"{name}_n", "<i4", (TOP,)))],
        ("served", "<u4", (SERVED,)),
        ("served_at", "<i4"),
        ("recent", "<u4", (RECENT,)),
        ("recent_at", "<i4"),
        *[(name, "u1", (REGISTERS_LARGE // 2,)) for name in DISTINCT_LARGE],
        *[(name, "u1", (REGISTERS_SMALL // 2,)) for name in DISTINCT_SMALL],
    ],
    align=True,
)
