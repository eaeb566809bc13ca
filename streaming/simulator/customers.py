"""Customers: habits of people and of services, as widely spread as they are in measured traffic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.equipment import equip
from streaming.simulator.habits import habits
from streaming.simulator.people import SignUp, card, organisation, sign_up
from streaming.simulator.requests import DAY, HOUR
from streaming.simulator.stage import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from streaming.simulator.equipment import Kit
    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage

PERSON: Final = SignUp(age_days=(0.3, 900.0), human=0.35)
DEVELOPER: Final = SignUp(
    plans=(("free", 0.25), ("pro", 0.3), ("pay_as_you_go", 0.45)),
    channels=(("email", 0.35), ("google_sso", 0.2), ("github_sso", 0.42), ("startup_programme", 0.03)),
    age_days=(0.3, 800.0), shared_card=0.04, human=0.2,
)  # fmt: skip
STUDENT: Final = SignUp(
    plans=(("free", 0.5), ("education", 0.3), ("pro", 0.1), ("pay_as_you_go", 0.1)),
    channels=(("email", 0.4), ("google_sso", 0.3), ("education", 0.3)),
    age_days=(0.3, 300.0), shared_card=0.06, human=0.25,
)  # fmt: skip
BUSINESS: Final = SignUp(
    plans=(("pay_as_you_go", 0.5), ("pro", 0.14), ("team", 0.22), ("enterprise", 0.14)),
    channels=(("email", 0.4), ("google_sso", 0.2), ("github_sso", 0.1), ("sales", 0.2),
              ("startup_programme", 0.1)),
    age_days=(0.5, 1_100.0), shared_card=0.05, human=0.05,
)  # fmt: skip

HOME: Final = (("home", 0.62), ("mobile", 0.16), ("office", 0.1), ("campus", 0.04), ("vpn", 0.08))
DESK: Final = (("office", 0.35), ("home", 0.35), ("cloud", 0.15), ("campus", 0.07), ("vpn", 0.08))
SERVERS: Final = (("cloud", 0.78), ("office", 0.12), ("campus", 0.03), ("home", 0.04), ("vpn", 0.03))
SCRIPT: Final = (("sdk", 1.0),)
WINDOW: Final = (("browser", 0.85), ("sdk", 0.15))

_BUSIEST: Final = 2_000.0
"""Requests a day of the busiest customer; more would be whole products of their own."""
_BUSINESSES: Final = 2_000
"""Programs of one kind in a world that differ."""


def persons(
    stage: Stage,
    rng: np.random.Generator,
    name: str,
    count: int,
    kit: Kit,
    *,
    per_day: float,
    turns: float,
    how: SignUp = PERSON,
) -> NDArray[np.void]:
    """Habits of `count` people: `per_day` sessions (median) of about `turns` requests, at human hours."""
    rows = _signed_up(stage, rng, name, count, kit, how)
    rows["sessions"] = np.minimum(rng.lognormal(np.log(per_day), 0.9, count), 25.0)
    rows["turns"] = 1 + rng.gamma(1.4, (turns - 1) / 1.4 + 1e-9, count)
    rows["turns_sigma"] = rng.uniform(0.3, 0.9, count)
    rows["gap"] = rng.lognormal(np.log(55), 0.7, count)
    rows["gap_sigma"] = rng.uniform(0.6, 1.4, count)
    rows["daily"] = rng.uniform(0.5, 2.6, count)
    rows["weekend"] = rng.uniform(0.2, 1.3, count)
    rows["burst"] = rng.uniform(0.2, 2.0, count)
    come_and_go(stage, rng, rows)
    return rows


def services(
    stage: Stage,
    rng: np.random.Generator,
    name: str,
    count: int,
    kit: Kit,
    *,
    per_day: float,
    batch: tuple[float, float] = (1.0, 60.0),
    how: SignUp = BUSINESS,
) -> NDArray[np.void]:
    """Habits of `count` programs: `per_day` requests (median, heavy-tailed) in batches, on measured curves.

    Batches are log-uniform from `batch[0]`, as requests come in, to `batch[1]`, as a job runs.
    """
    rows = _signed_up(stage, rng, name, count, kit, how)
    each_day = np.minimum(rng.lognormal(np.log(per_day), 1.3, count), _BUSIEST)
    rows["turns"] = np.clip(spread(rng, *batch, count), 1, 4 * each_day)
    rows["turns_sigma"] = rng.uniform(0.05, 0.9, count)
    rows["sessions"] = each_day / (rows["turns"] * np.exp(rows["turns_sigma"] ** 2 / 2))
    rows["gap"] = rng.lognormal(np.log(2.5), 1.2, count)
    rows["gap_sigma"] = rng.uniform(0.1, 1.2, count)
    rows["curve"] = rng.integers(len(stage.curves), size=count)
    rows["burst"] = rng.uniform(0.3, 4.0, count)
    come_and_go(stage, rng, rows)
    return rows


def _signed_up(
    stage: Stage, rng: np.random.Generator, name: str, count: int, kit: Kit, how: SignUp
) -> NDArray[np.void]:
    rows = habits(count)
    rows["account"] = sign_up(stage, rng, Role("benign", name), count, how)
    rows["output"] = rng.lognormal(0, 0.35, count)
    rows["errors"] = np.minimum(rng.exponential(0.012, count), 0.25)
    rows["items"] = rng.integers(1 << 20, size=count)
    equip(stage, rng, rows, kit)
    adopt(stage, rng, rows)
    return rows


def spread(rng: np.random.Generator, low: float, high: float, count: int) -> NDArray[np.float64]:
    """`count` log-uniform draws."""
    return np.exp(rng.uniform(np.log(low), np.log(high), count))


def come_and_go(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void]) -> None:
    """Some customers begin within the world, and some leave."""
    count, days = len(rows), stage.clock.days
    span = rng.random((2, count)) * days * DAY
    late, leaves = rng.random(count) < 0.25, rng.random(count) < 0.15  # noqa: PLR2004 - a quarter; one in seven
    rows["begin"] = np.where(late, stage.clock.start + span[0], stage.clock.start)
    least = rows["begin"] + 6 * HOUR
    rows["end"] = np.where(leaves, np.maximum(least, stage.clock.start + span[1]), rows["end"])


def adopt(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void], share: float = 0.25) -> None:
    """A model each; a `share` moves to the newest one within days of its release."""
    count, newest = len(rows), len(stage.market.models) - 1
    rows["model"] = rng.choice(newest, size=count)
    rows["next_model"] = newest
    moves = rng.random(count) < share
    lag = rng.exponential(2.0 * DAY, count).astype(np.int64)
    rows["pivot"] = np.where(moves, stage.clock.release + lag, rows["pivot"])


def one_payer(
    stage: Stage, rng: np.random.Generator, rows: NDArray[np.void], group: NDArray[np.int64]
) -> None:
    """Give the accounts of each group (0 to groups - 1, by row) one organisation, payment and plan."""
    owners = [(organisation(rng), card(rng)) for _ in range(int(group.max()) + 1)]
    leads: dict[int, int] = {}
    for account, of in zip(rows["account"].tolist(), group.tolist(), strict=True):
        lead = leads.setdefault(of, account)
        org, payment = owners[of]
        plan, channel = stage.facts[lead].plan, stage.facts[lead].signup_channel
        stage.facts[account] = replace(
            stage.facts[account], org_id=org, payment_fingerprint=payment, plan=plan, signup_channel=channel
        )
        stage.source_of[account] = stage.source_of[lead]


def one_owner(
    stage: Stage, rng: np.random.Generator, rows: NDArray[np.void], typical: float
) -> tuple[NDArray[np.void], tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]]:
    """Join accounts to organisations of about `typical`: a habit for each, and what `Routed` asks of them."""
    owner = np.sort(rng.integers(max(1, round(len(rows) / typical)), size=len(rows)))
    _, first, group, count = np.unique(owner, return_index=True, return_inverse=True, return_counts=True)
    one_payer(stage, rng, rows, group)
    return rows[first], (rows["account"].copy(), first, count)


def each_its_own(stage: Stage, count: int, make: Callable[[int], Scene]) -> NDArray[np.int32]:
    """Numbers of `count` scenes, one a business; of very many, some have the same product off the shelf."""
    own = [stage.scene(make(at)) for at in range(min(count, _BUSINESSES))]
    return np.array(own, dtype=np.int32)[np.arange(count) % len(own)]


def mixture(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void], scenes: Sequence[Scene]) -> None:
    """Everybody plays one scene mostly, and now and then the others that come after it in a circle."""
    count = len(scenes)
    circle = [stage.scene(scene) for scene in (*scenes, *scenes)]
    rows["scene"] = circle[0] + rng.integers(count, size=len(rows))
    rows["scenes"] = rng.integers(1, count + 1, len(rows))
    rows["main"] = rng.uniform(0.5, 1.0, len(rows))
