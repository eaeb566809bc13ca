"""Sign-ups: who opened an account, when, on which plan and how it is paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.facts import Facts
from streaming.simulator.requests import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streaming.simulator.stage import Role, Stage

_SHARED_CARDS: Final = 60
"""Fingerprints of virtual cards and family cards that strangers have in common."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """How accounts of one kind come to be."""

    plans: tuple[tuple[str, float], ...] = (("free", 0.45), ("pro", 0.35), ("pay_as_you_go", 0.2))
    channels: tuple[tuple[str, float], ...] = (("email", 0.45), ("google_sso", 0.35), ("github_sso", 0.2))
    age_days: tuple[float, float] = (0.5, 900.0)
    """youngest and oldest at the start of the world; log-uniform"""
    org: str | None = None
    """one organisation for all; else each account has its own"""
    payment: str | None = None
    """one payment for all; else each has its own, or now and then a shared card"""
    shared_card: float = 0.02
    human: float = 0.3
    """share that shows a valid human token"""


def sign_up(
    stage: Stage, rng: np.random.Generator, role: Role, count: int, how: SignUp | None = None
) -> NDArray[np.int32]:
    """Numbers of `count` new accounts of `role`; the gateway that logs each is drawn without regard to it."""
    how = how or SignUp()
    sources = rng.integers(len(stage.sources), size=count)
    if how.org is not None:
        sources[:] = sources[:1]
    facts = _facts(stage, rng, how, count)
    numbers = [stage.account(of, role, source) for of, source in zip(facts, sources.tolist(), strict=True)]
    return np.array(numbers, dtype=np.int32)


def organisation(rng: np.random.Generator) -> str:
    """The id of a new organisation."""
    return _identifiers(rng, "org", 1, 10)[0]


def card(rng: np.random.Generator) -> str:
    """The fingerprint of a new payment card."""
    return _identifiers(rng, "pm", 1, 16)[0]


def shared(how: SignUp, rng: np.random.Generator, *, org: bool = True, payment: bool = True) -> SignUp:
    """The same way to sign up, for accounts of one owner."""
    return replace(
        how, org=organisation(rng) if org else how.org, payment=card(rng) if payment else how.payment
    )


def _facts(stage: Stage, rng: np.random.Generator, how: SignUp, count: int) -> list[Facts]:
    plans = _weighted(rng, how.plans, count)
    columns = (
        _identifiers(rng, "acct", count),
        [how.org] * count if how.org else _identifiers(rng, "org", count, 10),
        _identifiers(rng, "key", count, 10),
        _created(stage, rng, how, count),
        plans,
        [
            None if plan == "free" else paid
            for plan, paid in zip(plans, _payments(rng, how, count), strict=True)
        ],
        _weighted(rng, how.channels, count),
        ["valid" if shows else "none" for shows in (rng.random(count) < how.human).tolist()],
    )
    return [Facts(*row) for row in zip(*columns, strict=True)]


def _created(stage: Stage, rng: np.random.Generator, how: SignUp, count: int) -> list[str]:
    ages = np.exp(rng.uniform(np.log(how.age_days[0]), np.log(how.age_days[1]), count)) * (DAY // 1000)
    seconds = stage.clock.start // 1000 - ages.astype(np.int64)
    return [f"{time}Z" for time in np.datetime_as_string(seconds.astype("datetime64[s]")).tolist()]


def _payments(rng: np.random.Generator, how: SignUp, count: int) -> list[str]:
    if how.payment:
        return [how.payment] * count
    common = np.where(rng.random(count) < how.shared_card, rng.integers(_SHARED_CARDS, size=count), -1)
    own = _identifiers(rng, "pm", count, 16)
    return [new if at < 0 else _shared_card(at) for at, new in zip(common.tolist(), own, strict=True)]


def _shared_card(at: int) -> str:
    return f"pm_{at * 0x9E3779B97F4A7C15 & ((1 << 64) - 1):016x}"


def _identifiers(rng: np.random.Generator, prefix: str, count: int, digits: int = 12) -> list[str]:
    words = rng.integers(1 << 62, size=count).tolist()
    return [f"{prefix}_{word:016x}"[: len(prefix) + 1 + digits] for word in words]


def _weighted(rng: np.random.Generator, choices: Sequence[tuple[str, float]], count: int) -> list[str]:
    up_to = np.cumsum([weight for _, weight in choices])
    drawn = np.searchsorted(up_to[:-1], rng.random(count) * up_to[-1], side="right")
    return [choices[at][0] for at in drawn.tolist()]
