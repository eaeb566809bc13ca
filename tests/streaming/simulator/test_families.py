"""Families of attack: each plays, honours its effort, and keeps the law that it is named for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract import UsageEvent
from streaming.simulator.everyday import chat
from streaming.simulator.family import Effort, all_families
from streaming.simulator.habits import habits
from streaming.simulator.pace import follow_curve, mean_requests, pace
from streaming.simulator.population import Population
from streaming.simulator.public import benchmarks
from streaming.simulator.purposes import benchmark
from streaming.simulator.requests import DAY, HOUR, NEVER
from streaming.simulator.scenes import Items, item_seed
from streaming.simulator.streams import generator
from streaming.simulator.world import play
from streaming.simulator.writer import WorldWriter
from tests.support.stages import attacks, campaign, empty_stage, requests

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

FAMILIES: Final = tuple(all_families())
SOME: Final = Effort(40, 6_000, cover=0.3, isolation=0.5, human=0.3)
MONDAY: Final = 1_772_409_600_000
FORBIDDEN: Final = 403
REPLAYS: Final = ("trace_cleaning", "rerouted_users")


@cache
def some(family: str) -> tuple[Stage, Sequence[Actor], NDArray[np.void]]:
    """A campaign of middling effort; it is only looked at."""
    return campaign(family, SOME)


def messages(stage: Stage, row: np.void) -> str:
    """The input of a request."""
    scene = stage.scenes[int(row["scene"])]
    return scene.messages(int(row["item"]), int(row["seed"]), int(row["take"]), int(row["turn"]))


def drawn(family: str) -> Effort:
    """What a campaign of scale 0.1 spends; the published one is smaller still."""
    scale = 0.1 if family != "reference" else 0.001
    return all_families()[family].effort(generator(3, family), scale)


@pytest.mark.parametrize("family", FAMILIES)
def test_family_writes_a_labelled_world(family: str, tmp_path: Path) -> None:
    """Every family's log is made of valid usage events, of which the attack's alone bear its name."""
    stage = empty_stage(days=5)
    actors = all_families()[family].cast(stage, f"{family}-1", drawn(family))
    lines = []
    with WorldWriter(tmp_path, stage) as writer:
        for chunk in play(stage, actors):
            lines += chunk.text.splitlines()
            if len(chunk.rows):
                writer.truth(chunk.rows, chunk.ids)
    events = [msgspec.json.decode(line, type=UsageEvent) for line in lines]
    truth = pq.read_table(tmp_path / "truth_events.parquet").to_pandas()
    assert sum(event.kind is None for event in events) == len(truth)
    hostile = truth[truth["label"] == "distillation"]
    assert set(hostile["family"]) == {family}
    assert set(hostile["campaign_id"]) == {f"{family}-1"}
    assert truth[truth["label"] != "distillation"]["family"].isna().all()


@pytest.mark.parametrize("family", FAMILIES)
def test_same_seed_same_campaign(family: str) -> None:
    """A seed gives a campaign request by request, another seed gives another one."""
    effort = Effort(12, 500, cover=0.2)
    _, _, first = campaign(family, effort, days=4)
    _, _, again = campaign(family, effort, days=4)
    _, _, other = campaign(family, effort, seed=6, days=4)
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize("family", FAMILIES)
def test_effort_is_honoured(family: str) -> None:
    """Accounts, exchanges, cover and the expectation that a plan is scaled by are as asked."""
    stage, actors, rows = some(family)
    hostile = attacks(stage, rows)
    served = hostile[hostile["status"] != FORBIDDEN]
    assert len(np.unique(hostile["account"])) == pytest.approx(SOME.accounts, rel=0.25)
    assert len(served) == pytest.approx(SOME.exchanges, rel=0.25)
    assert 1 - len(hostile) / len(rows) == pytest.approx(SOME.cover, abs=0.08)
    assert sum(actor.expected(stage.clock.end) for actor in actors) == pytest.approx(len(rows), rel=0.25)


@pytest.mark.parametrize("family", FAMILIES)
def test_queue_gives_everything_out_once(family: str) -> None:
    """No two answered requests ask for the same sample of the same item, unless one quotes the other's."""
    stage, _, rows = some(family)
    hostile = attacks(stage, rows)
    traits = stage.traits[hostile["scene"]]
    single = (traits["items"] == Items.QUEUE) & ~traits["conversation"] & (hostile["status"] != FORBIDDEN)
    asked = hostile[single][["scene", "item", "take"]]
    assert len(np.unique(asked)) == len(asked)


def test_efforts_scale() -> None:
    """Ten times the scale is ten times the size, from one to twenty-five thousand accounts."""
    for family in all_families().values():
        small, large = (family.effort(generator(9), scale) for scale in (1.0, 10.0))
        if family.name != "reference":
            assert large.accounts == pytest.approx(10 * small.accounts, rel=0.1, abs=6)
            assert small.accounts <= 400
            assert 40 <= small.exchanges <= 40_000
    reference = all_families()["reference"]
    assert reference.effort(generator(9), 0.0001).accounts == 30
    whole = reference.effort(generator(9), 1.0)
    assert (whole.accounts, whole.exchanges, whole.days) == (25_000, 28_800_000, 45.0)


def test_reference_keeps_its_rate_in_a_short_world() -> None:
    """About 26 exchanges an account and day, however many of the 45 days a world shows."""
    effort = all_families()["reference"].effort(generator(1), 0.002)
    stage, _, rows = campaign("reference", effort, days=6)
    hostile = attacks(stage, rows)
    days = (hostile["time"].max() - hostile["time"].min()) / DAY
    assert len(hostile) / effort.accounts / days == pytest.approx(26, rel=0.3)
    assert (stage.traits["conversation"][hostile["scene"]]).all()


@pytest.mark.parametrize("family", ["fixed_cot", "answer_harvest", "relay_mixed"])
def test_isolation_decides_what_is_shared(family: str) -> None:
    """Accounts in full isolation share no payment and no address; without isolation they come in cells."""
    shared = []
    for isolation in (0.0, 1.0):
        stage, _, rows = campaign(family, Effort(60, 3_000, isolation=isolation))
        accounts = np.unique(rows["account"])
        cards = [stage.facts[at].payment_fingerprint for at in accounts]
        paid = [card for card in cards if card is not None]
        addresses = {stage.places[at].client_ip for at in np.unique(rows["place"])}
        shared.append((len(set(paid)) / len(paid), len(addresses) / len(accounts)))
    assert shared[0][0] < 0.6
    assert shared[1][0] > 0.9
    assert shared[1][1] > shared[0][1]
    assert shared[1][1] >= 0.95


def test_second_pool_resumes_the_queue() -> None:
    """After the bans other accounts go on within hours with the very next item."""
    stage, _, rows = campaign("ban_migration", Effort(60, 8_000))
    until = bans(stage)
    old = np.isin(rows["account"], list(until))
    assert old.any()
    assert not old.all()
    first, second = rows[old], rows[~old]
    served = first[first["status"] != FORBIDDEN]
    assert second["time"].min() > min(until.values())
    assert second["time"].min() - served["time"].max() < 10 * HOUR
    items = np.sort(np.concatenate([served["item"], second["item"]]))
    assert np.array_equal(items, np.arange(len(items)))
    assert second["item"].min() <= served["item"].max() + 1


@pytest.mark.parametrize("family", ["ban_migration", "reference", "relay_mixed"])
def test_banned_accounts_are_served_nothing(family: str) -> None:
    """From its ban on an account gets refusals, a few, and before it none."""
    stage, _, rows = campaign(family, Effort(80, 6_000))
    until = bans(stage)
    limit = np.full(len(stage.facts), NEVER)
    limit[list(until)] = list(until.values())
    late = rows["time"] >= limit[rows["account"]]
    assert late.any()
    assert np.array_equal(late, rows["status"] == FORBIDDEN)
    assert (rows["time"][late] - limit[rows["account"][late]]).max() < 4 * DAY


def bans(stage: Stage) -> dict[int, int]:
    """Time of the recorded ban by account."""
    number = {facts.account_id: at for at, facts in enumerate(stage.facts)}
    records = [(time, msgspec.json.decode(text)) for time, text in stage.lifecycle]
    return {number[record["account_id"]]: time for time, record in records if record["kind"] == "ban"}


@pytest.mark.parametrize("family", REPLAYS)
def test_replayed_answers_were_given_before(family: str) -> None:
    """What is sent in to be cleaned or explained is what another account was answered, hours earlier."""
    stage, _, rows = campaign(family, Effort(30, 3_000))
    harvest, quoting = np.unique(attacks(stage, rows)["scene"])
    given = rows[
        (rows["scene"] == harvest) & (rows["turn"] == 0) & (rows["status"] == 200) & ~rows["refused"]
    ]
    where = {(int(row["item"]), int(row["take"])): row for row in given}
    later = rows[rows["scene"] == quoting]
    assert len(later) > 100
    for row in later[::20]:
        source = where[int(row["item"]), int(row["take"])]
        answer = stage.scenes[int(harvest)].answered(
            int(source["item"]), int(source["seed"]), int(source["take"]), 0
        )
        assert answer in messages(stage, row)
        assert row["account"] != source["account"]
        assert row["time"] >= source["time"] + HOUR // 2


def test_samples_of_a_task_are_alike() -> None:
    """Rejection sampling asks each task the same number of times, in the same words, never greedily."""
    stage, _, rows = some("rejection_sampling")
    hostile = attacks(stage, rows)
    _, counts = np.unique(hostile["item"], return_counts=True)
    assert np.median(counts) == stage.traits["repeats"][hostile["scene"][0]] > 1
    first = hostile[hostile["item"] == hostile["item"][0]]
    assert len({messages(stage, row) for row in first}) == 1
    assert all((stage.params[at].temperature or 0) > 0 for at in np.unique(hostile["params"]))


def test_pivot_is_over_within_a_day() -> None:
    """Much of the traffic is on the newest model a day after its release, and none before."""
    stage, _, rows = campaign("model_pivot", Effort(60, 8_000))
    newest = rows["model"] == len(stage.market.models) - 1
    assert not newest[rows["time"] < stage.clock.release].any()
    assert newest[rows["time"] > stage.clock.release + DAY].mean() > 0.3


def test_technique_search_is_mostly_refused() -> None:
    """Most probes are declined, and hardly two are worded alike."""
    stage, _, rows = campaign("technique_search", Effort(5, 800, wordings=150))
    assert rows["refused"].mean() > 0.5
    starts = {messages(stage, row)[:120] for row in rows[:100]}
    assert len(starts) > 50


def test_parameter_stealing_asks_for_log_probabilities() -> None:
    """Log-probabilities under a logit bias are in each of its requests."""
    stage, _, rows = campaign("logprob_stealing", Effort(4, 1_000))
    asked = [stage.params[at] for at in np.unique(rows["params"])]
    assert all(each.logprobs and each.top_logprobs and each.logit_bias_size for each in asked)


def test_isolated_accounts_have_a_shard_each() -> None:
    """No item is asked by two accounts, and none twice."""
    stage, _, rows = campaign("isolated", Effort(40, 3_000, isolation=1.0, human=0.9))
    pairs = np.unique(attacks(stage, rows)[["account", "item"]])
    assert len(np.unique(pairs["item"])) == len(pairs) == len(rows)


def test_paraphrases_are_many() -> None:
    """As many wordings as the effort pays for."""
    stage, _, rows = campaign("fixed_cot", Effort(20, 2_000, wordings=40))
    scene = stage.scenes[int(attacks(stage, rows)["scene"][0])]
    assert len(scene.opening.templates) == 40


@pytest.mark.parametrize("days", [1, 3, 7, 30])
def test_measured_week_keeps_the_mean_rate(days: int) -> None:
    """A campaign that goes up and down like a service sends as much as one that does not."""
    stage = empty_stage(days=days)
    rows = habits(400)
    rows["scene"] = stage.scene(chat(stage.corpus, generator(3)))
    rows["begin"], rows["end"] = stage.clock.start, stage.clock.end
    pace(generator(3), rows, 20_000, 0.0, batch=3.0)
    follow_curve(stage.curves, rows, 7)
    assert len(requests(stage, [Population("measured", stage, rows)])) == pytest.approx(20_000, rel=0.1)


@given(
    exchanges=st.floats(200, 1e6),
    human=st.floats(0, 1),
    batch=st.floats(1, 100),
    talk=st.none() | st.floats(1, 20),
    days=st.integers(1, 45),
    accounts=st.integers(1, 50),
)
def test_pace_spends_what_is_asked(
    exchanges: float, human: float, batch: float, talk: float | None, days: int, accounts: int
) -> None:
    """Whatever the rhythm, the expected number of requests over the windows is the number asked for."""
    rows = habits(accounts)
    start = MONDAY
    rows["begin"], rows["end"] = start, start + days * DAY
    pace(generator(2), rows, exchanges, human, batch=batch, talk=talk)
    assert (mean_requests(rows, start, start + days * DAY) * days).sum() == pytest.approx(exchanges)


@pytest.mark.parametrize("family", FAMILIES)
def test_smallest_campaign_plays(family: str) -> None:
    """One account, one day and a request or two are enough for every family to be staged."""
    stage, actors, rows = campaign(family, Effort(1, 2, cover=0.5, isolation=1.0, human=1.0), days=1)
    assert actors
    assert len(rows) < 60
    assert (rows["time"] >= stage.clock.start).all()


def test_benchmark_prompts_are_those_of_honest_evaluations() -> None:
    """A campaign over a public benchmark sends, item by item, what honest harnesses send."""
    stage = empty_stage()
    hostile = benchmark(stage, generator(4))
    honest = [scene for each in benchmarks(stage) for scene in each.scenes]
    prompts = [hostile.messages(item, item_seed(hostile.salt, item), 0, 0) for item in range(5)]
    sent = [
        [scene.messages(item, item_seed(scene.salt, item), 0, 0) for item in range(5)] for scene in honest
    ]
    assert prompts in sent
