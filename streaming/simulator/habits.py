"""Habits: when and what each account of a population sends, one row an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.requests import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

HABIT: Final = np.dtype(
    [
        ("account", np.int32),
        # when
        ("begin", np.int64),  # ms; nothing is sent before
        ("end", np.int64),  # ms; nor from here on
        ("sessions", np.float64),  # a day
        ("turns", np.float64),  # requests a session, median
        ("turns_sigma", np.float64),
        ("gap", np.float64),  # seconds between requests of a session, median
        ("gap_sigma", np.float64),
        ("daily", np.float64),  # concentration of the day (von Mises): 0 round the clock, 2 a person
        ("peak", np.float64),  # hour of the day, UTC
        ("weekend", np.float64),  # share of a weekday's sessions
        ("burst", np.float64),  # shape of the hourly rate's gamma: small is bursty
        ("curve", np.int32),  # a measured rate curve of a week instead of `daily`; -1 for none
        # what
        ("scene", np.int32),  # first of its scenes
        ("scenes", np.int32),
        ("main", np.float64),  # share of sessions that play the first scene
        ("params", np.int32),
        ("params_count", np.int32),
        ("place", np.int32),
        ("places", np.int32),
        ("client", np.int32),
        ("clients", np.int32),
        ("items", np.int64),  # first of its own items
        ("items_count", np.int64),
        ("users", np.int64),  # of its own; 0 when it says nothing of users
        ("output", np.float64),  # factor on the scene's tokens
        ("errors", np.float64),  # share answered 429 or 500
        ("model", np.int16),
        ("next_model", np.int16),
        ("pivot", np.int64),  # ms; from here on requests go to the next model
    ]
)


def habits(count: int) -> NDArray[np.void]:
    """`count` ordinary habits: a person's day, one scene, one client, one network; set what differs."""
    rows = np.zeros(count, dtype=HABIT)
    rows["end"], rows["pivot"] = NEVER, NEVER
    rows["sessions"], rows["turns"], rows["turns_sigma"] = 1.0, 3.0, 0.7
    rows["gap"], rows["gap_sigma"] = 60.0, 1.0
    rows["daily"], rows["weekend"], rows["burst"], rows["curve"] = 1.5, 0.7, 1.0, -1
    rows["peak"], rows["main"], rows["output"] = 14.0, 1.0, 1.0
    for ranges in ("scenes", "params_count", "places", "clients"):
        rows[ranges] = 1
    rows["items_count"] = 1 << 31
    rows["errors"] = 0.01
    return rows
