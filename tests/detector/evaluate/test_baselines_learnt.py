from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from detector.evaluate import baselines
from detector.evaluate.baselines import distances, isolation, mmd, similar_pairs
from detector.evaluate.baselines.reading import read_usage
from detector.truth import WorldError
from tests.support.logs import START, WORDS, seeded, stamp
from tests.support.worlds import HOSTILE, write_world

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from detector.evaluate.baselines.usage import Usage

QUERIES = 120
NORMAL = 40
ACCOUNTS = 3


def query(rng: Random, words: tuple[str, ...] = WORDS) -> str:
    """A question of its own."""
    return " ".join(rng.choice(words) for _ in range(rng.randint(6, 16)))


def stepped(rng: Random) -> list[str]:
    """Queries made from one seed at one set step, as by a synthesising attacker."""
    seed = [rng.choice(WORDS) for _ in range(12)]
    return [" ".join([*seed[: i % 12], f"token{i}", *seed[i % 12 + 1 :]]) for i in range(QUERIES)]


def events(account: str, texts: list[str], **facts: Any) -> list[dict[str, Any]]:
    """The texts as requests of an account, one every half hour."""
    return [
        {
            "event_id": f"{account}-{i}",
            "time": stamp(START + i * timedelta(minutes=30)),
            "account_id": account,
            "messages": [{"role": "user", "content": text}],
            "output_tokens": 100 + 7 * (i % 9),
            **facts,
        }
        for i, text in enumerate(texts)
    ]


def ordinary(prefix: str, seed: int, accounts: int) -> list[dict[str, Any]]:
    """Honest accounts with questions of their own."""
    rng = seeded(seed)
    return [
        event
        for i in range(accounts)
        for event in events(f"{prefix}-{i}", [query(rng) for _ in range(QUERIES - i % 9)])
    ]


def log_of(folder: Path, log: list[dict[str, Any]], hostile: str = HOSTILE) -> str:
    """A labelled world, in which accounts whose names begin so attack; the path of its log."""
    world = write_world(folder, sorted(log, key=lambda event: str(event["time"])), hostile=hostile)
    return str(world / "events.jsonl")


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A world of honest accounts and one attacker, who must not count as normal."""
    attack = events(f"{HOSTILE}-0", stepped(seeded(8)))
    folder = tmp_path_factory.mktemp("reference") / "world"
    return log_of(folder, ordinary("other", 1, NORMAL) + attack)


@pytest.fixture(scope="module")
def honest(reference: str) -> Usage:
    """The honest accounts of the reference world."""
    return baselines.read_honest([reference])


def graded(folder: Path, extra: list[dict[str, Any]]) -> Usage:
    """Honest accounts of another seed, and the extra ones."""
    return read_usage([log_of(folder / "graded", ordinary("user", 2, ACCOUNTS) + extra)])


def alerted(baseline: baselines.Baseline, usage: Usage, honest: Usage) -> list[str]:
    """The accounts that the baseline alerts."""
    table = baseline.score(usage, honest).accounts
    return sorted(table.loc[table["first_alert_time"].notna(), "account_id"])


def test_reference_holds_honest_accounts_only(honest: Usage) -> None:
    """What the reference world's truth does not call benign is no reference."""
    assert set(honest.accounts) == {f"other-{i}" for i in range(NORMAL)}


@pytest.mark.parametrize("baseline", [distances, similar_pairs])
def test_queries_made_at_a_set_step_are_found(
    baseline: baselines.Baseline, honest: Usage, tmp_path: Path
) -> None:
    """The attack of PRADA and SEAT, queries derived from one another, is found and nobody else is."""
    usage = graded(tmp_path, events("maker", stepped(seeded(3))))
    assert alerted(baseline, usage, honest) == ["maker"]


def test_mmd_finds_queries_from_another_distribution(honest: Usage, tmp_path: Path) -> None:
    """An account that asks of one narrow subject is found among those that ask of everything."""
    rng = seeded(4)
    usage = graded(tmp_path, events("narrow", [query(rng, WORDS[:5]) for _ in range(QUERIES)]))
    assert alerted(mmd, usage, honest) == ["narrow"]


def test_mmd_says_nothing_of_short_windows(honest: Usage, tmp_path: Path) -> None:
    """A distribution is not told from a few queries."""
    rng = seeded(4)
    usage = graded(tmp_path, events("narrow", [query(rng, WORDS[:5]) for _ in range(mmd.WINDOW - 1)]))
    assert alerted(mmd, usage, honest) == []


def test_isolation_finds_an_odd_account(honest: Usage, tmp_path: Path) -> None:
    """Many failures and long answers stand out from accounts that are all alike."""
    odd = events("odd", ["Why?"] * 3, status=500, output_tokens=90_000, temperature=2.0)
    assert "odd" in alerted(isolation, graded(tmp_path, odd), honest)


def test_labels_of_the_graded_world_are_never_read(reference: str, tmp_path: Path) -> None:
    """Predictions are the same whatever the graded world's truth says, and there is one for each account."""
    log = ordinary("user", 2, ACCOUNTS) + events("maker", stepped(seeded(3)))
    told: list[str] = []
    plain = baselines.run([log_of(tmp_path / "a", log)], [reference], told.append)
    other = baselines.run([log_of(tmp_path / "b", log, hostile="user")], [reference], lambda _: None)
    assert list(plain) == told[2:] == [baseline.NAME for baseline in baselines.BASELINES]
    for name, found in plain.items():
        pd.testing.assert_frame_equal(found.accounts, other[name].accounts)
        assert len(found.accounts) == ACCOUNTS + 1
        assert found.accounts["score"].between(0, 1).all()


def test_without_a_reference_the_log_is_its_own(tmp_path: Path) -> None:
    """Baselines that learn keep to the alert budget of the log itself: none of a few accounts."""
    log = log_of(tmp_path / "graded", ordinary("user", 2, ACCOUNTS))
    found = baselines.run([log], None, lambda _: None)
    learnt = (isolation, similar_pairs, distances, mmd)
    assert all(found[b.NAME].accounts["first_alert_time"].isna().all() for b in learnt)


def test_a_log_is_not_its_own_reference(reference: str) -> None:
    """Calibrating on the graded world is refused."""
    with pytest.raises(WorldError, match="calibrate on another world"):
        baselines.run([reference], [reference], lambda _: None)
