"""Sign-ups: who opened an account, when, on which plan and how it is paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.clock import rfc3339
from streaming.simulator.facts import Facts
from streaming.simulator.market import pick
from streaming.simulator.requests import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streaming.simulator.stage import Role, Stage

CHANNELS: Final = ("email", "google_sso", "github_sso", "sales", "reseller", "education", "startup_programme")
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
    return np.array(
        [stage.account(_facts(stage, rng, how), role, int(source)) for source in sources], dtype=np.int32
    )


def identifier(rng: np.random.Generator, prefix: str, digits: int = 12) -> str:
    """An id as gateways make them."""
    return f"{prefix}_{int(rng.integers(1 << 62)):016x}"[: len(prefix) + 1 + digits]


def organisation(rng: np.random.Generator) -> str:
    """The id of a new organisation."""
    return identifier(rng, "org", 10)


def card(rng: np.random.Generator) -> str:
    """The fingerprint of a new payment card."""
    return identifier(rng, "pm", 16)


def shared(how: SignUp, rng: np.random.Generator, *, org: bool = True, payment: bool = True) -> SignUp:
    """The same way to sign up, for accounts of one owner."""
    return replace(
        how, org=organisation(rng) if org else how.org, payment=card(rng) if payment else how.payment
    )


def _facts(stage: Stage, rng: np.random.Generator, how: SignUp) -> Facts:
    low, high = np.log(how.age_days[0]), np.log(how.age_days[1])
    created = stage.clock.start - int(np.exp(low + rng.random() * (high - low)) * DAY)
    payment = how.payment or (
        f"pm_{int(rng.integers(_SHARED_CARDS)) * 0x9E3779B97F4A7C15 & ((1 << 64) - 1):016x}"
        if rng.random() < how.shared_card
        else card(rng)
    )
    plan = _weighted(rng, how.plans)
    return Facts(
        account_id=identifier(rng, "acct"),
        org_id=how.org or organisation(rng),
        api_key_id=identifier(rng, "key", 10),
        account_created=rfc3339(created - created % 1000).replace(".000", ""),
        plan=plan,
        payment_fingerprint=None if plan == "free" else payment,
        signup_channel=_weighted(rng, how.channels),
        human_token="valid" if rng.random() < how.human else "none",
    )


def _weighted(rng: np.random.Generator, choices: Sequence[tuple[str, float]]) -> str:
    return pick(rng, [name for name, _ in choices], [weight for _, weight in choices])
