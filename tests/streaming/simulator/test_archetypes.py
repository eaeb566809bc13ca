from __future__ import annotations

import json
from collections import Counter, defaultdict
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow.parquet as pq
import pytest
import zstandard

from features.contract import UsageEvent
from streaming.simulator.archetype import all_archetypes
from streaming.simulator.plan import WorldPlan, stage_world
from streaming.simulator.requests import HOUR, MINUTE
from streaming.simulator.simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage

    Cast = Callable[[str, int], tuple[Stage, NDArray[np.void]]]

ARCHETYPES = {archetype.name: archetype for archetype in all_archetypes()}
EMPTY = WorldPlan(11, honest=0, days=10, pools=0)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world in which every archetype has as many accounts."""
    folder = tmp_path_factory.mktemp("world")
    plan = EMPTY.changed(honest=14 * len(ARCHETYPES), events=14_000, weights=dict.fromkeys(ARCHETYPES, 1.0))
    simulate(plan, folder, lambda _: None)
    return folder


@pytest.fixture(scope="module")
def log(world: Path) -> Mapping[str, list[dict[str, Any]]]:
    """The lines of that world by archetype."""
    truth = pq.read_table(world / "truth_accounts.parquet").to_pydict()
    kind = dict(zip(truth["account_id"], truth["archetype"], strict=True))
    found = defaultdict(list)
    for line in zstandard.decompress((world / "events.jsonl.zst").read_bytes(), 1 << 30).splitlines():
        record = json.loads(line)
        if "account_id" in record:
            found[kind[record["account_id"]]].append(record)
    return found


@pytest.fixture(scope="module")
def empty() -> Stage:
    """A stage that nobody is on; the corpus takes longer than a cast."""
    return stage_world(EMPTY)[0]


@pytest.fixture
def cast(empty: Stage) -> Cast:
    """Puts one archetype on a stage of its own and plays it."""
    return partial(play_alone, empty)


def play_alone(empty: Stage, name: str, count: int) -> tuple[Stage, NDArray[np.void]]:
    """A stage with one archetype on it, and what it sends in the whole world, in order of time."""
    stage = deepcopy(empty)
    span = stage.clock.start, stage.clock.end
    actors = ARCHETYPES[name].cast(stage, count)
    rows = np.concatenate([actor.requests(*span, stage.rng("test", actor.name)) for actor in actors])
    rows = rows[rows["time"] < stage.clock.end]
    return stage, rows[np.argsort(rows["time"], kind="stable")]


def prompt(stage: Stage, row: np.void) -> str:
    """The input of a request."""
    item, seed, take, turn = (int(row[name]) for name in ("item", "seed", "take", "turn"))
    text: str = stage.scenes[row["scene"]].messages(item, seed, take, turn)
    return text


@pytest.mark.parametrize("name", ARCHETYPES)
def test_archetype_is_seen(log: Mapping[str, list[dict[str, Any]]], name: str) -> None:
    """Every archetype sends something from several accounts."""
    assert len({record["account_id"] for record in log[name]}) > 2


def test_all_is_honest_and_valid(world: Path, log: Mapping[str, list[dict[str, Any]]]) -> None:
    """All that honest accounts send is labelled benign and decodes as the usage event."""
    events = pq.read_table(world / "truth_events.parquet")
    assert set(events["label"].to_pylist()) == {"benign"}
    decoded = [
        msgspec.convert(record, UsageEvent, strict=False) for records in log.values() for record in records
    ]
    assert len(decoded) == len(events)
    assert all(event.messages and event.time for event in decoded)


@pytest.mark.parametrize("name", ARCHETYPES)
def test_cast_is_deterministic(cast: Cast, name: str) -> None:
    """The same seed casts the same accounts, which send the same requests."""
    (first, rows), (second, again) = cast(name, 12), cast(name, 12)
    assert np.array_equal(rows, again)
    assert first.facts == second.facts
    assert first.places == second.places


def test_weights_leave_fifty_of_each() -> None:
    """In a world of 5,000 honest accounts every archetype has at least fifty."""
    total = sum(archetype.weight for archetype in ARCHETYPES.values())
    assert min(archetype.weight for archetype in ARCHETYPES.values()) / total * 5_000 >= 50


def test_benchmark_crowd_shares_items_and_returns(cast: Cast) -> None:
    """After the release strangers send the same prompts to the newest model, and then go back."""
    stage, rows = cast("benchmark_crowd", 60)
    newest = len(stage.market.models) - 1
    swept = rows[rows["model"] == newest]
    assert swept["time"].min() >= stage.clock.release
    senders = defaultdict(set)
    for row in swept[:4_000]:
        senders[prompt(stage, row)].add(stage.facts[row["account"]].payment_fingerprint)
    assert max(len(payments) for payments in senders.values()) >= 5
    last = {account: rows[rows["account"] == account][-1]["model"] for account in np.unique(swept["account"])}
    assert np.mean([model != newest for model in last.values()]) > 0.3


def test_homework_is_the_same_for_a_class(cast: Cast) -> None:
    """A class sends identical openings from many accounts, many of them from one address."""
    stage, rows = cast("university", 60)
    opened = rows[rows["turn"] == 0]
    senders, addresses = defaultdict(set), defaultdict(set)
    for row in opened:
        senders[prompt(stage, row)].add(int(row["account"]))
        addresses[stage.places[row["place"]].client_ip].add(int(row["account"]))
    assert max(len(accounts) for accounts in senders.values()) >= 8
    assert max(len(accounts) for accounts in addresses.values()) >= 8


def test_load_test_repeats_itself(cast: Cast) -> None:
    """A load test sends a handful of prompts, however many requests it makes."""
    stage, rows = cast("loadtest", 12)
    for account, count in Counter(rows["account"].tolist()).items():
        prompts = {prompt(stage, row) for row in rows[rows["account"] == account][:200]}
        assert len(prompts) <= 5, count


def test_keys_of_a_firm_share_payer_and_queue(cast: Cast) -> None:
    """The accounts of a firm have one payment and one template, and never do the same item twice."""
    stage, rows = cast("multikey", 60)
    payers, items = defaultdict(set), defaultdict(list)
    for row in rows:
        payers[int(row["scene"])].add(stage.facts[row["account"]].payment_fingerprint)
        items[int(row["scene"])].append(int(row["item"]))
    assert all(len(payments) == 1 for payments in payers.values())
    assert all(len(set(taken)) == len(taken) for taken in items.values())
    accounts = Counter(stage.facts[account].org_id for account in np.unique(rows["account"]))
    assert max(accounts.values()) >= 3


def test_conversations_are_handed_over_within_a_firm(cast: Cast) -> None:
    """Conversations go on from another account of the same organisation, and of no other."""
    stage, rows = cast("handover", 40)
    holders = defaultdict(set)
    for row in rows:
        holders[int(row["session"])].add(int(row["account"]))
    moved = [accounts for accounts in holders.values() if len(accounts) > 1]
    assert len(moved) > 20
    assert all(len({stage.facts[account].org_id for account in accounts}) == 1 for accounts in moved)


def test_answers_of_other_providers_come_as_history(cast: Cast) -> None:
    """Some conversations first turn up with assistant turns that were never served here."""
    _, rows = cast("multiprovider", 40)
    _, first = np.unique(rows["session"], return_index=True)
    assert np.mean(rows["turn"][first] > 0) > 0.2


def test_draws_are_identical(cast: Cast) -> None:
    """Those who draw k answers send each prompt about k times in a row."""
    stage, rows = cast("passk", 20)
    again = 0
    for account in np.unique(rows["account"]):
        sent = rows[rows["account"] == account]
        again += int((sent["item"][1:] == sent["item"][:-1]).sum())
    assert again > len(rows) / 2
    assert {stage.scenes[scene].repeats for scene in np.unique(rows["scene"])} > {8}


def test_scheduled_jobs_keep_their_minute(cast: Cast) -> None:
    """Runs of a scheduled job begin within half a minute of the same times of the day."""
    _, rows = cast("cron", 40)
    regular = 0
    accounts = np.unique(rows["account"])
    for account in accounts:
        times = rows["time"][rows["account"] == account]
        begins = times[np.diff(times, prepend=0) > HOUR]
        minute = begins % HOUR / MINUTE
        regular += len(begins) < 3 or np.median(np.abs(minute - np.median(minute))) < 5
    assert regular > 0.6 * len(accounts)


def test_frameworks_give_strangers_one_prompt(cast: Cast) -> None:
    """Accounts with nothing in common send the same system text."""
    stage, rows = cast("framework", 60)
    payers = defaultdict(set)
    for row in rows:
        payers[int(row["scene"])].add(stage.facts[row["account"]].org_id)
    assert max(len(orgs) for orgs in payers.values()) >= 10


def test_exits_are_shared_and_homes_are_not(empty: Stage) -> None:
    """Strangers meet at the exits of a VPN, and not at home."""
    counts = np.ones(800, dtype=np.int64)
    seen = {
        kind: len(set(empty.market.addresses(empty.rng(kind), [kind] * 800, counts, roams=False)))
        for kind in ("vpn", "campus", "home")
    }
    assert seen["vpn"] < 500
    assert seen["campus"] < 400
    assert seen["home"] > 780
