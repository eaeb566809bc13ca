from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.batch import Rejected
from streaming.dead_letters import (
    DeadLetter,
    DeadLetterFile,
    dead_letters,
    letter_fields,
    parse_letter,
)
from streaming.source import Block

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = Block([b"{}", b"\xff\0 raw", b"{"], "events.jsonl", [3, 4, 9])
REJECTED = [Rejected(1, "not_utf8", "why"), Rejected(2, "not_json", "what")]


def _written(path: Path, *, keep_payload: bool, limit: int) -> list[dict[str, Any]]:
    with DeadLetterFile(path, keep_payload=keep_payload, limit=limit) as letters:
        letters.write(dead_letters(BLOCK, REJECTED))
        letters.write(dead_letters(BLOCK, REJECTED[1:]))
        assert letters.counts == {"not_json": 2, "not_utf8": 1}
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_letters_say_where_each_record_was() -> None:
    """A rejected line of a block becomes a letter with the origin's own line number and its bytes."""
    first, second = dead_letters(BLOCK, REJECTED)

    assert first == DeadLetter("events.jsonl", 4, "not_utf8", "why", b"\xff\0 raw")
    assert second == DeadLetter("events.jsonl", 9, "not_json", "what", b"{")


def test_payloads_are_dropped_unless_kept(tmp_path: Path) -> None:
    """Without the setting no byte of a record is written."""
    (first, *_) = _written(tmp_path / "dead.jsonl", keep_payload=False, limit=10)

    assert first == {
        "origin": "events.jsonl",
        "position": 4,
        "reason": "not_utf8",
        "detail": "why",
        "payload": None,
    }


def test_kept_payloads_survive_any_bytes(tmp_path: Path) -> None:
    """With the setting the bytes come back as they were, whether UTF-8 or not, and for the owner alone."""
    path = tmp_path / "dead.jsonl"

    written = _written(path, keep_payload=True, limit=10)

    assert [letter["payload"] for letter in written] == [None, "{", "{"]
    letters = [parse_letter(line) for line in path.read_bytes().splitlines()]
    assert letters == dead_letters(BLOCK, [*REJECTED, REJECTED[1]])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@given(st.none() | st.binary(), st.text(), st.integers(0))
def test_a_letter_survives_its_journey(payload: bytes | None, origin: str, position: int) -> None:
    """Whatever it says, a letter is read as it was written."""
    letter = DeadLetter(origin, position, "not_json", "what", payload)
    assert parse_letter(msgspec.json.encode(letter_fields(letter, keep_payload=True))) == letter


def test_what_is_no_letter_is_told_without_its_content() -> None:
    """A line of another kind is an error, which does not quote it."""
    for line in (b"secret", b'{"origin": "secret"}', b"[]"):
        with pytest.raises(ValueError, match="not a dead letter") as caught:
            parse_letter(line)
        assert "secret" not in str(caught.value)


def test_a_file_replaces_an_older_one(tmp_path: Path) -> None:
    """The letters of an earlier run do not mix with those of this one."""
    path = tmp_path / "dead.jsonl"
    for _ in range(2):
        with DeadLetterFile(path, keep_payload=False, limit=10) as letters:
            letters.write(dead_letters(BLOCK, REJECTED))
    assert len(path.read_bytes().splitlines()) == 2


def test_beyond_the_limit_letters_are_only_counted(tmp_path: Path) -> None:
    """The file stops growing at the limit while the counts go on."""
    assert len(_written(tmp_path / "dead.jsonl", keep_payload=False, limit=2)) == 2


def test_no_letters_make_no_file(tmp_path: Path) -> None:
    """A clean run leaves no empty file behind."""
    with DeadLetterFile(tmp_path / "dead.jsonl", keep_payload=True, limit=1) as letters:
        letters.write([])

    assert list(tmp_path.iterdir()) == []
