"""Metrics of the leader: ticks, state, and what was found."""

from __future__ import annotations

from typing import Final, get_args

from detector.alert import Kind, Status
from detector.telemetry.metrics.metric import Label, Metric
from models.scorer import LABELS

LABEL: Final = Label("label", LABELS)

LEADER: Final = Metric(
    "stillwatch_leader",
    "gauge",
    "0 or 1",
    "1: this process holds the lease, closes ticks and links accounts.",
    "The sum over all processes is not 1.",
)
LEASE_CHANGES: Final = Metric(
    "stillwatch_lease_changes_total",
    "counter",
    "changes",
    "Times that this process became the leader or ceased to be it.",
    "More than a few an hour.",
)
TICK_TIME: Final = Metric(
    "stillwatch_tick_seconds",
    "histogram",
    "seconds",
    "Time to fold a tick, to score and to link, without the transaction.",
    "The mean comes near to the length of a tick: the leader cannot keep up.",
    (),
    (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
)
TICK_LENGTH: Final = Metric(
    "stillwatch_tick_length_seconds",
    "gauge",
    "seconds",
    "Event time in a tick: the setting.",
    "",
)
TICKS: Final = Metric(
    "stillwatch_ticks_closed_total",
    "counter",
    "ticks",
    "Ticks closed, those without events left out.",
    "",
)
TICK_END: Final = Metric(
    "stillwatch_tick_end_timestamp_seconds",
    "gauge",
    "seconds since 1970",
    "End of the last tick closed, in event time.",
    "More than four ticks behind the present while records come in.",
)
FOLDED: Final = Metric(
    "stillwatch_events_folded_total",
    "counter",
    "events",
    "Events folded into the state.",
    "",
)
FRAMES_WAITING: Final = Metric(
    "stillwatch_frames_waiting",
    "gauge",
    "frames",
    "Frames in the store that are not yet folded.",
    "It grows without end.",
)
TABLE: Final = Label("table")
STATE_ROWS: Final = Metric(
    "stillwatch_state_rows",
    "gauge",
    "rows",
    "Rows in use in a table of the state.",
    "It grows without end.",
    (TABLE,),
)
STATE_BYTES: Final = Metric(
    "stillwatch_state_bytes",
    "gauge",
    "bytes",
    "Memory of a table of the state.",
    "The sum comes near to the memory of the machine.",
    (TABLE,),
)
ACCOUNTS: Final = Metric(
    "stillwatch_accounts",
    "gauge",
    "accounts",
    "Accounts in memory (`active`), and those laid off to the store (`cold`).",
    "",
    (Label("tier", ("active", "cold")),),
)
MOVES: Final = Metric(
    "stillwatch_accounts_moved_total",
    "counter",
    "accounts",
    "Accounts `evicted` to the store, and `returned` from it because they were seen again.",
    "Both are high together: accounts are laid off too soon.",
    (Label("direction", ("evicted", "returned")),),
)
CAMPAIGNS: Final = Metric(
    "stillwatch_campaigns_open",
    "gauge",
    "campaigns",
    "Groups of alerted accounts that are open.",
    "",
)
ALERTS: Final = Metric(
    "stillwatch_alerts_total",
    "counter",
    "revisions",
    "Revisions of alerts: raised or updated (`open`), and taken back (`cleared`).",
    "Many times the usual: a model release, a change of the log, or a campaign.",
    (Label("kind", get_args(Kind)), LABEL, Label("status", get_args(Status))),
)
VERDICTS: Final = Metric(
    "stillwatch_verdicts",
    "gauge",
    "accounts",
    "Accounts by their present label.",
    "",
    (LABEL,),
)

LEADING: Final = (
    LEADER, LEASE_CHANGES, TICK_TIME, TICK_LENGTH, TICKS, TICK_END, FOLDED, FRAMES_WAITING, STATE_ROWS,
    STATE_BYTES, ACCOUNTS, MOVES, CAMPAIGNS, ALERTS, VERDICTS,
)  # fmt: skip
