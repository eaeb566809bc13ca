"""Metrics of the service that gateways ask."""

from __future__ import annotations

from typing import Final

from detector.human.redemption import Reason
from detector.telemetry.metrics.metric import Label, Metric

GATEWAYS: Final = ("native", "litellm", "envoy-http", "envoy-grpc", "nginx", "forward")
ACTIONS: Final = ("allow", "degrade", "throttle", "challenge", "block")
MODES: Final = ("shadow", "enforce")
BYPASSES: Final = ("loading", "unauthorized", "rate", "bad_request", "error", "unreachable")
HEARD_RESULTS: Final = ("new", "known", "unreadable")

GATEWAY: Final = Label("gateway", GATEWAYS)

REQUESTS: Final = Metric(
    "stillwatch_hook_requests_total",
    "counter",
    "requests",
    "Requests decided, by what the policy says. In the mode `shadow` all of them were let through, and "
    "what is not `allow` is what would have been done.",
    "What is not `allow` is many times the usual.",
    (GATEWAY, Label("action", ACTIONS), Label("mode", MODES)),
)
BYPASSED: Final = Metric(
    "stillwatch_hook_bypasses_total",
    "counter",
    "requests",
    "Requests that were let through undecided because of us (fail-open), or refused so under "
    "`--fail closed`. `unreachable` is what gateways and clients reported, who could not ask at all.",
    "It rises at all.",
    (GATEWAY, Label("reason", BYPASSES)),
)
VERDICTS: Final = Metric(
    "stillwatch_hook_verdicts",
    "gauge",
    "verdicts",
    "Verdicts in memory.",
    "It differs between processes that share a store for more than a second.",
)
TABLE_BYTES: Final = Metric(
    "stillwatch_hook_table_bytes",
    "gauge",
    "bytes",
    "Memory of the verdicts.",
    "",
)
SUBJECTS: Final = Metric(
    "stillwatch_hook_subjects",
    "gauge",
    "subjects",
    "API keys and end users whose account is known.",
    "It stands at the bound of `--subjects`: the oldest are forgotten.",
)
READY: Final = Metric(
    "stillwatch_hook_ready",
    "gauge",
    "0 or 1",
    "1: all verdicts were loaded.",
    "It stays 0 for minutes.",
)
ENFORCING: Final = Metric(
    "stillwatch_hook_enforcing",
    "gauge",
    "0 or 1",
    "1: decisions are enforced; 0: shadow.",
    "Processes that share a store differ for more than a second.",
)
FEED_TIME: Final = Metric(
    "stillwatch_hook_feed_timestamp_seconds",
    "gauge",
    "seconds since 1970",
    "When the store last answered. Older verdicts stay in use.",
    "More than ten seconds ago: new verdicts, allow-list entries and undos do not arrive.",
)
FEED_LAG: Final = Metric(
    "stillwatch_hook_feed_lag_verdicts",
    "gauge",
    "verdicts",
    "Changes of verdicts in the store that are not yet in memory.",
    "It stays above zero.",
)
FEED_ERRORS: Final = Metric(
    "stillwatch_hook_feed_errors_total",
    "counter",
    "looks",
    "Looks at the store that failed and are repeated.",
    "It rises.",
)
HEARD: Final = Metric(
    "stillwatch_hook_topic_verdicts_total",
    "counter",
    "records",
    "Records of the topic of verdicts: `new` ones that the store had not said yet, those `known` from it, "
    "and what is no verdict of ours.",
    "`unreadable` rises: somebody else writes to the topic.",
    (Label("result", HEARD_RESULTS),),
)
HEARD_ERRORS: Final = Metric(
    "stillwatch_hook_topic_errors_total",
    "counter",
    "attempts",
    "Attempts to read the topic of verdicts that failed and are repeated.",
    "It rises: verdicts come from the store alone.",
)
STREAMS: Final = Metric(
    "stillwatch_hook_streams",
    "gauge",
    "streams",
    "Clients that follow the stream of decisions.",
    "",
)

HUMAN_TOKENS: Final = Metric(
    "stillwatch_hook_human_tokens_total",
    "counter",
    "requests",
    "Requests that the policy challenges, by what became of the token that they hold, or of none. Zero where "
    "tokens are not taken.",
    "`no_keys`, `store_unavailable` or `busy` rise: honest clients are challenged again because of us.",
    (Label("reason", tuple(reason.value for reason in Reason)),),
)

HOOK: Final = (
    REQUESTS, BYPASSED, VERDICTS, TABLE_BYTES, SUBJECTS, READY, ENFORCING, FEED_TIME, FEED_LAG, FEED_ERRORS,
    HEARD, HEARD_ERRORS, STREAMS, HUMAN_TOKENS,
)  # fmt: skip
