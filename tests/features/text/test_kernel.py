from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.rows import TURNS
from features.text.parts import ASSISTANT, RESPONSE, SYSTEM, TOOL, USER
from features.text.shingles import jaccard

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Sketch = Callable[..., NDArray[np.void]]

TEXTS = st.one_of(st.text(max_size=200).map(str.encode), st.binary(max_size=200))
INPUT = st.tuples(st.sampled_from([SYSTEM, USER, ASSISTANT, TOOL]), TEXTS)
EVENTS = st.builds(
    lambda inputs, answer: inputs + [(RESPONSE, text) for text in answer],
    st.lists(INPUT, max_size=5),
    st.lists(TEXTS, max_size=1),
)
ANSWER = b"The capital of Portugal is Lisbon, which lies where the river Tagus meets the Atlantic Ocean."
HASHES = ("template", "system", "content", "opening", "response", "turns", "shingles", "head", "tail")


@settings(deadline=None)
@given(st.lists(EVENTS, max_size=6), st.integers(0, 6))
def test_rows_do_not_depend_on_the_batch(
    sketch: Sketch, batch: list[list[tuple[int, bytes]]], at: int
) -> None:
    """Any bytes are safe, and splitting a batch changes no bit of any row."""
    split = sketch(batch[:at]).tobytes() + sketch(batch[at:]).tobytes()
    assert sketch(batch).tobytes() == split


@pytest.mark.parametrize(
    "text",
    [b"", b"\0" * 50, b"\xff" * 5000, b"a" * 10_000_000, "\u200b".encode() * 99, b"?" * 9000, b'"' * 9000],
)
def test_odd_texts_are_sketched(sketch: Sketch, text: bytes) -> None:
    """Empty, huge and wordless parts give a row that is present and counts its bytes."""
    row = sketch([[(SYSTEM, text), (USER, text), (ASSISTANT, text), (RESPONSE, text)]])[0]
    assert row["present"] == 1
    assert row["user_bytes"] == len(text)
    assert row["input_bytes"] == 3 * len(text)


def test_an_event_without_text_has_a_zero_row(sketch: Sketch) -> None:
    """Metadata-only events say that they have no text."""
    rows = sketch([[], [(USER, b"hello there")], []])
    assert rows["present"].tolist() == [0, 1, 0]
    assert not any(rows[0].tobytes())


def test_another_key_gives_other_hashes(sketch: Sketch) -> None:
    """Every hash of a row is under the key."""
    event = [(SYSTEM, b"Be kind."), (USER, b"Where is Lisbon?"), (ASSISTANT, ANSWER), (RESPONSE, ANSWER)]
    ours, theirs = sketch([event], "ours")[0], sketch([event], "theirs")[0]
    for field in HASHES:
        pairs = zip(np.atleast_1d(ours[field]), np.atleast_1d(theirs[field]), strict=True)
        assert all(a != b for a, b in pairs if a or b), field


def test_a_served_answer_is_known_when_it_comes_back(sketch: Sketch) -> None:
    """An answer cut at 600 characters matches the turn that was cut at 2,000, whatever its spaces."""
    answer = ANSWER * 30
    spaced = answer.replace(b" ", b"  \n ")
    served = sketch([[(USER, b"Where is it?"), (RESPONSE, answer[:600])]])[0]
    fed_back = sketch([[(USER, b"Hi"), (ASSISTANT, spaced[:2000]), (USER, b"go on")]])[0]
    assert served["response"] != 0
    assert fed_back["turns"][0] == served["response"]


@pytest.mark.parametrize("turn", [b"", b"Sure!", b"= = " * 80, b"yes no " * 40, "好" * 200])
def test_turns_that_strangers_share_have_no_hash(sketch: Sketch, turn: bytes | str) -> None:
    """Short or monotonous turns are not evidence of provenance."""
    data = turn.encode() if isinstance(turn, str) else turn
    row = sketch([[(USER, b"x"), (ASSISTANT, data), (RESPONSE, data)]])[0]
    assert row["turns"].tolist() == [0] * TURNS
    assert row["response"] == 0


def test_turns_come_newest_first(sketch: Sketch) -> None:
    """Only the newest turns are kept, in order, when a conversation has more."""
    turns = [ANSWER.replace(b"Lisbon", str(i).encode()) for i in range(TURNS + 2)]
    row = sketch([[(ASSISTANT, turn) for turn in turns]])[0]
    newest = [sketch([[(ASSISTANT, turn)]])[0]["turns"][0] for turn in reversed(turns)]
    assert row["turns"].tolist() == newest[:TURNS]
    assert row["assistant_turns"] == TURNS + 2


def test_content_depends_on_every_byte_and_role(sketch: Sketch) -> None:
    """Identical requests share `content`; another role, order or last byte does not, nor does the answer."""
    long = b"word " * 4000
    base = [(SYSTEM, b"s"), (USER, long)]
    rows = sketch(
        [
            base,
            [*base, (RESPONSE, b"whatever")],
            [(USER, b"s"), (USER, long)],
            base[::-1],
            [(SYSTEM, b"s"), (USER, long[:9000] + b"W" + long[9001:])],
        ]
    )
    assert rows["content"][0] == rows["content"][1]
    assert len(set(rows["content"].tolist())) == 4


def test_the_opening_stays_through_a_conversation(sketch: Sketch) -> None:
    """Later turns do not change where a conversation started."""
    start = [(SYSTEM, b"Be kind."), (USER, b"Where is Lisbon?")]
    rows = sketch([start, [*start, (ASSISTANT, ANSWER), (USER, b"and Porto?")]])
    assert rows["opening"][0] == rows["opening"][1] != 0
    assert rows["template"][0] != rows["template"][1]


def _shingles(words: list[int]) -> set[tuple[int, ...]]:
    return {tuple(words[i : i + 3]) for i in range(max(len(words) - 2, 1))} if words else set()


@settings(deadline=None, max_examples=20)
@given(st.randoms(use_true_random=False), st.sampled_from(["w{} ", "{}"]))
def test_signatures_estimate_jaccard(sketch: Sketch, random: object, spelling: str) -> None:
    """Over 60 pairs the mean error of the estimate against exact Jaccard stays within sampling error."""
    rng = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined]  # a random.Random
    errors = []
    batch, exact = [], []
    for _ in range(60):
        shared, own = int(rng.integers(0, 60)), int(rng.integers(3, 40))
        common = rng.integers(0, 5000, shared).tolist()
        pair = [common + rng.integers(0, 5000, own).tolist() for _ in range(2)]
        left, right = (_shingles(words) for words in pair)
        exact.append(len(left & right) / len(left | right))
        for words in pair:
            text = "".join(spelling.format(w) if "w" in spelling else chr(0x4E00 + w) for w in words)
            batch.append([(USER, text.encode())])
    signatures = sketch(batch)["shingles"]
    errors = jaccard(signatures[0::2], signatures[1::2]) - np.array(exact)
    assert abs(errors.mean()) < 0.06
    assert np.abs(errors).max() < 0.6


def test_numbers_and_marks_make_no_difference_to_shingles_of_words(sketch: Sketch) -> None:
    """Punctuation, case and width do not count in a signature."""
    rows = sketch([[(USER, b"Hello, big WORLD!")], [(USER, "\uff28ello big... world".encode())]])
    assert rows["shingles"][0].tolist() == rows["shingles"][1].tolist()
