"""The kernel against plain Python that says the same with lists and sets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from features.hashing import HashKey, sip64, sip64_word
from features.rows import SHINGLES
from features.text.chars import DIGIT, IDEOGRAPH, LETTER, SKIP, SPACE, fold, kind_of
from features.text.cues import cue_weights
from features.text.parts import ASSISTANT, USER
from features.text.shingles import MULTIPLIERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Sketch = Callable[..., NDArray[np.void]]

KEY = HashKey.from_secret("tests")
MASK = 2**64 - 1
SEED, PRIME, STEP, SHIFT = 0xCBF29CE484222325, 0x100000001B3, 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03
NUMBER = 0x51ED270B
WORDS = st.sampled_from(
    [
        "the",
        "Review",
        "answer",
        "question:",
        "summarize",
        "following",
        "article",
        "12",
        "3.5",
        "don't",
        "x_1",
        "ok?",
        "Yes.",
        "你好",
        "翻译",
        "下面的文本。",
        "\uff1f",
        '"',
        '"quoted"',
        "\n",
        "\n\n",
        "Été",
        "😀",
        "Привет",
        "a\u200bb",
        "...",
        "###",
        "-",
        "Question:",
        "Answer:",
    ]
)
TEXTS = st.one_of(
    st.lists(WORDS, max_size=50).map(" ".join).map(str.encode),
    st.text(max_size=80).map(str.encode),
    st.binary(max_size=80),
)


def mix(x: int) -> int:
    """SplitMix64's finaliser."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


@dataclass
class Token:
    """A token, what kind it is, and what stood before it."""

    value: int
    kind: str
    line: bool
    gap: bool


def characters(data: bytes) -> list[int]:
    """Code points; U+FFFD for every byte that is not UTF-8."""
    found, at = [], 0
    while at < len(data):
        for size in (1, 2, 3, 4):
            try:
                found.append(ord(data[at : at + size].decode()))
            except (UnicodeDecodeError, TypeError):
                continue
            at += size
            break
        else:
            found.append(0xFFFD)
            at += 1
    return found


def tokens_of(data: bytes) -> list[Token]:  # noqa: C901 - one branch for each kind
    """Words, numbers, glyphs and signs, read one character at a time."""
    points = [fold(point) for point in characters(data)]
    kinds = [kind_of(point) for point in points]
    made, at, line, gap = [], 0, True, True

    def is_inner(i: int, marks: tuple[int, ...], kind: int) -> bool:
        return points[i] in marks and i + 1 < len(points) and kinds[i + 1] == kind

    while at < len(points):
        if kinds[at] == SPACE:
            line, gap, at = line or points[at] == 10, True, at + 1
            continue
        if kinds[at] == SKIP:
            at += 1
            continue
        start, value, kind = at, points[at], "sign"
        if kinds[at] == LETTER:
            value, kind = SEED, "word"
            while at < len(points) and (
                kinds[at] in (LETTER, DIGIT, SKIP) or points[at] == 0x5F or is_inner(at, (0x27,), LETTER)
            ):
                value = value if kinds[at] == SKIP else (value ^ points[at]) * PRIME & MASK
                at += 1
            value = mix(value)
        elif kinds[at] == DIGIT:
            value, kind = ~SEED & MASK, "number"
            while at < len(points) and (kinds[at] == DIGIT or is_inner(at, (0x2E, 0x2C, 0x3A), DIGIT)):
                value, at = (value ^ points[at]) * PRIME & MASK, at + 1
            value = mix(value)
        elif kinds[at] == IDEOGRAPH:
            value, kind, at = mix(SEED ^ points[at]), "glyph", at + 1
        else:
            while at < len(points) and points[at] == points[start]:
                at += 1
        made.append(Token(value, kind, line, gap))
        line = gap = False
    return made


def signature(tokens: list[Token]) -> list[int]:
    """MinHash of the set of 3-shingles."""
    values = [token.value for token in tokens if token.kind != "sign"]
    if len(values) in (1, 2):
        values = [0] * (3 - len(values)) + values
    shingles = {
        mix(((a * STEP + b) * SHIFT + c) & MASK)
        for a, b, c in zip(values, values[1:], values[2:], strict=False)
    }
    if not shingles:
        return [0] * SHINGLES
    minima = [min(s * int(m) & MASK for s in shingles) for m in MULTIPLIERS]
    keyed = [sip64_word(np.uint64((m + p) & MASK), KEY.k0, KEY.k1) for p, m in enumerate(minima)]
    return [int(value) & 0xFFFFFFFF or 1 for value in keyed]


def cue_table() -> dict[int, int]:
    """Weights by token value, or by the mixed values of two ideographs."""
    table: dict[int, int] = {}
    for word, weight in cue_weights().items():
        tokens = tokens_of(word.encode())
        keys = [token.value for token in tokens]
        if len(tokens) > 1 and tokens[0].kind == "glyph":
            keys = [mix((a * STEP + b) & MASK) for a, b in pairwise(keys)]
        for key in keys:
            table[key] = max(table.get(key, 0), weight)
    return table


CUES = cue_table()


def weights_of(tokens: list[Token]) -> list[int]:
    """Cue weight of every token; -1 for signs."""
    found = []
    for i, token in enumerate(tokens):
        if token.kind in ("sign", "number"):
            found.append(-1 if token.kind == "sign" else 0)
            continue
        weight = CUES.get(token.value, 0)
        for j in (i, i + 1):
            if (
                token.kind == "glyph"
                and 0 < j < len(tokens)
                and {"glyph"} == {t.kind for t in tokens[j - 1 : j + 1]}
            ):
                weight = max(weight, CUES.get(mix((tokens[j - 1].value * STEP + tokens[j].value) & MASK), 0))
        found.append(weight)
    return found


@dataclass
class Segment:
    """A sentence, line or label: its words as (value, kind, weight)."""

    words: list[tuple[int, str, int]]
    label: bool
    filled: bool
    score: float
    length: int


def segments_of(tokens: list[Token]) -> list[Segment]:  # noqa: C901 - the rules in one place
    """Segments by marks and line ends, without what is quoted."""
    weights = weights_of(tokens)
    made: list[Segment] = []
    current: list[int] = []
    opened: int | None = None

    def close(mark: str) -> None:
        members = [i for i in current if weights[i] >= 0]
        first, words = current[:1], [(tokens[i].value, tokens[i].kind, weights[i]) for i in members]
        current.clear()
        if not words:
            return
        halves = [1 if kind == "glyph" else 2 for _, kind, _ in words]
        total = sum(h * (w - 1.0 if w else -0.6) for h, (_, _, w) in zip(halves, words, strict=True))
        named = [w for _, kind, w in words if kind != "number"]
        begins = tokens[first[0]].line
        label = mark == ":" and begins and sum(halves) <= 8
        label = label and min([3, *named]) >= 1 and max(w for _, _, w in words) > 1
        filled = bool(made) and made[-1].label and not begins
        made.append(Segment(words, label, filled, total / math.sqrt(2.0 * sum(halves)), sum(halves)))

    for i, token in enumerate(tokens):
        if opened is None and token.line and i and current:
            close("")
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        free = following is None or following.gap
        if opened is not None and i - opened > 400:
            opened = None
        current.append(i)
        if token.kind != "sign":
            if opened is not None:
                weights[i] = -1
        elif token.value == 0x22:
            if opened is None and token.gap and not free:
                opened = i
            elif opened is not None and (free or (following and following.kind == "sign")):
                opened = None
        elif opened is None and token.value in (0x3A, 0x2E, 0x3F, 0x21):
            after = following is not None and following.kind == "glyph"
            if free or after or (i > 0 and tokens[i - 1].kind == "glyph"):
                close(chr(token.value))
    close("")
    return made


def chain(values: list[int]) -> int:
    """Order-sensitive hash of values."""
    hashed = 0
    for value in values:
        hashed = mix((hashed * STEP + value) & MASK)
    return hashed


def cues_of(segment: Segment) -> list[int]:
    """The cues of a segment; plain ones only beside other cues."""
    words = segment.words
    kept = []
    for i, (value, kind, weight) in enumerate(words):
        beside = (i == 0 or words[i - 1][2] > 0) and (i + 1 == len(words) or words[i + 1][2] > 0)
        if weight > 1 or (weight == 1 and beside):
            kept.append(NUMBER if kind == "number" else value)
    return kept


def template(data: bytes) -> int:
    """Keyed template identity."""
    tokens = tokens_of(data)
    segments = segments_of(tokens)
    last = len(segments) - 1

    def instructs(i: int) -> bool:
        s = segments[i]
        edge = i in (0, last) and not s.filled and s.score >= 0.5
        return not s.label and (edge or (s.score >= 1.2 and s.length >= 6))

    best = max((segments[i].score for i in range(len(segments)) if instructs(i)), default=None)
    keys: list[int] = []
    fallback = None
    if best is None and last >= 1 and not any(s.label for s in segments):
        edge = 0 if segments[0].score >= segments[last].score else last
        fallback = edge if segments[edge].score >= -0.9 and segments[edge].length >= 6 else None
    for i, segment in enumerate(segments):
        if i == fallback:
            keys.append(chain([NUMBER if kind == "number" else value for value, kind, _ in segment.words]))
        elif segment.label or (best is not None and instructs(i) and segment.score >= 0.4 * best):
            keys.append(chain(cues_of(segment)))
    unique = list(dict.fromkeys(keys))[:24]
    everything = [NUMBER if t.kind == "number" else t.value for t in tokens if t.kind != "sign"]
    value = chain(unique) if unique else chain(everything)
    return int(sip64_word(np.uint64(value), KEY.k0, KEY.k1)) if value else 0


def turn(data: bytes) -> int:
    """Keyed hash of the first 150 characters, whitespace normalised; 0 for a poor one."""
    spaced = bytes(max(32, byte) for byte in data)
    words = b" ".join(word for word in spaced.split(b" ") if word)
    kept, chars = b"", 0
    for i, byte in enumerate(words):
        first = byte & 0xC0 != 0x80
        needed = 2 if byte == 0x20 else 1
        if (first and chars + needed > 150) or len(kept) + needed > 600:
            break
        kept, chars = words[: i + 1], chars + first
    if max(chars, len(kept) // 2) < 40:
        return 0
    if len({t.value for t in tokens_of(kept) if t.kind != "sign"}) < 8:
        return 0
    buffer = np.frombuffer(kept, dtype=np.uint8)
    return int(sip64(buffer, 0, len(kept), KEY.k0, KEY.k1))


@settings(deadline=None, max_examples=300)
@given(TEXTS)
@example(b'Summarize the following text: "quoted words here" now?\nAnswer: 12')
@example(
    "\u8bf7\u628a\u4e0b\u9762\u7684\u6587\u672c\u7ffb\u8bd1\u6210\u82f1\u6587:\u4f60\u597d\u3002".encode()
)
def test_signature_and_template_equal_plain_python(sketch: Sketch, text: bytes) -> None:
    """Any text has the signature and the identity that the plain rules give it."""
    row = sketch([[(USER, text)]])[0]
    assert row["shingles"].tolist() == signature(tokens_of(text))
    assert row["template"] == template(text)


@settings(deadline=None, max_examples=200)
@given(st.lists(TEXTS, max_size=6).map(b" \n".join))
@example(("\u6e2f\u53e3\u6e05\u6668\u5f88\u5b89\u9759\u3002" * 30).encode())
@example(b"the " * 8 + b"Review " * 6 + b"question: " * 5 + b"3.5 don't x_1 ok? Answer: \n\x80")
def test_turn_hashes_equal_plain_python(sketch: Sketch, text: bytes) -> None:
    """A turn hashes to what the plain rules give it, whatever its bytes."""
    assert sketch([[(ASSISTANT, text)]])[0]["turns"][0] == turn(text)
