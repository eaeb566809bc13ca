"""The compiled lines say what the scenes say, one by one, in plain Python."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract import UsageEvent
from streaming.simulator.clock import Clock, rfc3339
from streaming.simulator.corpus import Corpus
from streaming.simulator.facts import Client, Facts, Params, Place
from streaming.simulator.lines import Lines
from streaming.simulator.market import Market
from streaming.simulator.requests import REQUEST
from streaming.simulator.scenes import Answers, Items, Scene, item_seed
from streaming.simulator.stage import Role, Stage
from streaming.simulator.streams import draw, generator
from streaming.simulator.texts import Pool, Slot, Template, Wording, escape
from streaming.simulator.typeset import LOGGED

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_START = 1_772_409_600_000


def _stage(scenes: list[Scene]) -> Stage:
    stage = Stage(
        7,
        Wording.of(Template(("I would rather not.",))),
        Clock(_START, 1, _START),
        Corpus({}, {}),
        Market.open(generator(7, "market")),
        np.ones((1, 168)),
    )
    stage.scenes.extend(scenes)
    stage.account(Facts("acct_1"), Role("benign", "chat"), 0)
    stage.add_params(Params(max_tokens=900))
    stage.add_places([Place("192.0.2.1", 64500, "NL")])
    stage.add_clients(Client("client/1"))
    return stage


def _rows(count: int, rng: np.random.Generator, scenes: list[Scene]) -> NDArray[np.void]:
    rows = np.zeros(count, dtype=REQUEST)
    rows["time"] = _START + rng.integers(0, 86_400_000, count)
    rows["scene"] = rng.integers(0, len(scenes), count)
    rows["item"] = rng.integers(0, 1 << 40, count)
    rows["seed"] = rng.integers(0, 1 << 64, count, dtype=np.uint64)
    rows["take"] = rng.integers(0, 1 << 30, count)
    talks = np.array([scene.is_conversation for scene in scenes])[rows["scene"]]
    rows["turn"] = np.where(talks, rng.integers(0, 9, count), 0)
    rows["output"] = rng.integers(1, 2_000, count)
    rows["status"] = rng.choice([200, 200, 429], count)
    return rows


def _lines(stage: Stage, rows: NDArray[np.void]) -> list[dict[str, Any]]:
    lines = Lines(stage)
    written = lines.write(rows, lines.ids(len(rows)))
    return [json.loads(line) for part in written for line in bytes(part.text).splitlines()]


def _wordings(texts: list[str]) -> st.SearchStrategy[Wording]:
    pool = Pool.of("texts", texts)
    slots = st.builds(Slot, st.just(pool.texts), st.integers(0, 5))
    literals = st.lists(_WORDS.map(escape), min_size=3, max_size=3).map(tuple)
    templates = st.builds(Template, literals, st.tuples(slots, slots))
    return st.lists(templates, min_size=1, max_size=3).map(lambda several: Wording(tuple(several)))


@st.composite
def _scenes(pick: st.DrawFn) -> list[Scene]:
    wordings = _wordings(pick(st.lists(_WORDS, min_size=1, max_size=6)))
    chat = Scene(pick(wordings), pick(wordings), pick(_WORDS.map(escape)), follow=pick(wordings))
    tools = Scene(pick(wordings), pick(wordings), result=pick(wordings), keep=pick(st.integers(0, 4)))
    batch = Scene(pick(wordings), pick(wordings), items=Items.QUEUE, salt=pick(st.integers(0, 1 << 40)))
    traced = Template(("Clean this: ", ""), (Slot(Answers(batch)),))
    return [chat, tools, batch, Scene(Wording.of(traced), pick(wordings))]


@settings(max_examples=40, deadline=None)
@given(_scenes(), st.integers(0, 1 << 32))
def test_lines_hold_the_messages_and_answers_of_their_scenes(scenes: list[Scene], seed: int) -> None:
    """For any wordings, escapes and characters, the kernel writes what `Scene` gives one by one."""
    rows = _rows(12, np.random.default_rng(seed), scenes)
    for row, line in zip(rows, _lines(_stage(scenes), rows), strict=True):
        scene = scenes[row["scene"]]
        item, words, take, turn = (int(row[name]) for name in ("item", "seed", "take", "turn"))
        assert line["messages"] == json.loads(scene.messages(item, words, take, turn))
        assert line["time"] == rfc3339(int(row["time"]))
        if row["status"] != 200:
            assert line["response"] is None
            continue
        whole = json.loads(f'"{scene.answered(item, words, take, turn)}"')
        limit = min(LOGGED, 4 * line["output_tokens"])
        assert whole.startswith(line["response"])
        if line["response"] != whole:
            assert limit - 6 <= len(escape(line["response"]).encode()) <= limit


@given(st.integers(-(1 << 40), 1 << 42))
def test_times_are_written_like_the_calendar_says(ms: int) -> None:
    """Any millisecond between 1935 and 2109 is written as the standard library writes it."""
    expected = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    stage = _stage([Scene(Wording.of(Template(("hello",))), Wording.of(Template(("hello",))))])
    row = np.zeros(1, dtype=REQUEST)
    row["time"], row["status"], row["output"] = ms, 200, 1
    assert _lines(stage, row)[0]["time"] == f"{expected}.{ms % 1000:03d}Z"


def test_traces_are_the_answers_of_the_scene_that_they_come_from() -> None:
    """A captured trace that is played back equals the answer that its item got."""
    pool = Pool.of("texts", [f"text {k}" for k in range(50)])
    drawn = Wording.of(Template(("so: ", ""), (Slot(pool.texts, 3),)))
    harvest = Scene(Wording.of(Template(("", ""), (Slot(pool.texts),))), drawn, items=Items.QUEUE, salt=11)
    clean = Scene(Wording.of(Template(("<", ">"), (Slot(Answers(harvest)),))), drawn)
    rows = np.zeros(2, dtype=REQUEST)
    rows["scene"], rows["item"], rows["status"], rows["output"] = [0, 1], 17, 200, 500
    rows["seed"] = item_seed(11, 17)
    asked, cleaned = _lines(_stage([harvest, clean]), rows)
    assert cleaned["messages"][0]["content"] == f"<{asked['response']}>"


def test_lines_are_usage_events_with_ids_of_their_own() -> None:
    """Every line decodes as the contract says, and no id occurs twice."""
    scenes = [Scene(Wording.of(Template(("hi",))), Wording.of(Template(("ho",))))]
    rows = _rows(500, np.random.default_rng(1), scenes)
    lines = Lines(_stage(scenes))
    texts = b"".join(bytes(part.text) for part in lines.write(rows, lines.ids(500))).splitlines()
    events = [msgspec.json.decode(text, type=UsageEvent) for text in texts]
    assert len({event.event_id for event in events}) == 500
    assert all(event.account_id == "acct_1" and event.max_tokens == 900 for event in events)


def test_draws_spread() -> None:
    """Neighbouring seeds and salts draw numbers that do not follow one another."""
    drawn = [draw(seed, salt) for seed in range(100) for salt in (1, 2)]
    assert len(set(drawn)) == len(drawn)
    assert not all(a < b for a, b in pairwise(drawn))
