"""In which forms events may be sent, and how large."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.hook.ingest.records import split
from detector.hook.ingest.settings import IngestSettings
from detector.hook.problems import Problem
from tests.detector.hook.ingest.serving import event, lines, queued, stored

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

EVENTS = [event(number) for number in range(5)]
FORMS: dict[str, bytes] = {
    "array": json.dumps(EVENTS).encode(),
    "indented array": b"\xef\xbb\xbf \n" + json.dumps(EVENTS, indent=2).encode(),
    "lines": lines(*EVENTS),
    "lines and blanks": b"\r\n\n" + lines(*EVENTS).replace(b"\n", b"\r\n\n") + b" ",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_events_come_in_each_form(tmp_path: Path, form: str, encoding: str) -> None:
    """An array and lines, compressed or not, give the same records, durable with the answer."""
    packed: dict[str, Callable[[bytes], bytes]] = {
        "identity": bytes,
        "gzip": lambda body: gzip.compress(body[:100]) + gzip.compress(body[100:]),
        "zstd": zstandard.compress,
    }
    with queued(tmp_path) as service:
        answer = service.post("/v1/events", packed[encoding](FORMS[form]), content_encoding=encoding)
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"received": 5, "accepted": 5, "refused": 0, "errors": []}
        assert stored(tmp_path) == EVENTS


@pytest.mark.parametrize("indent", [None, 2])
def test_one_event_may_come_alone(tmp_path: Path, indent: int | None) -> None:
    """On a line of its own, or over many."""
    with queued(tmp_path) as service:
        answer = service.post("/v1/events", json.dumps(EVENTS[0], indent=indent).encode())
    assert answer.json()["accepted"] == 1
    assert stored(tmp_path) == EVENTS[:1]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("form", ["array", "lines", "alone"])
def test_half_a_character_spoils_nothing(tmp_path: Path, form: str, indent: int | None) -> None:
    """A client that ends its prompt so is read, and so are the others in its array."""
    strange = EVENTS[0] | {"messages": [{"role": "user", "content": "hi \ud83d"}]}
    sent = [strange] if form == "alone" else [strange, *EVENTS[1:]]
    bodies = {"array": json.dumps(sent, indent=indent).encode(), "lines": lines(*sent)}
    body = bodies.get(form, json.dumps(strange, indent=indent).encode())
    with queued(tmp_path) as service:
        answer = service.post("/v1/events", body)
        assert answer.json()["accepted"] == len(sent), answer.text


def test_nothing_may_come(tmp_path: Path) -> None:
    """An empty body and an empty array are no mistake."""
    with queued(tmp_path) as service:
        for body in (b"", b"[]", b" \n"):
            answer = service.post("/v1/events", body)
            assert (answer.status_code, answer.json()["received"]) == (200, 0)


@given(values=st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=5) | st.integers()), max_size=5))
def test_both_forms_give_the_same_records(values: list[dict[str, Any]]) -> None:
    """Whatever the objects, lines and an array of them are the same records."""
    array, one_a_line = split(json.dumps(values).encode()), split(lines(*values))
    read = [[json.loads(record) for record in found.records] for found in (array, one_a_line)]
    assert read == [values, values]
    assert [*array.places] == [*one_a_line.places] == list(range(1, len(values) + 1))


@settings(max_examples=300)
@given(body=st.binary(max_size=60) | st.text('[]{}",: \n\\u0d8', max_size=40).map(str.encode))
def test_any_bytes_can_be_split(body: bytes) -> None:
    """A body is records or a problem of the sender's, never a fault of ours."""
    try:
        found = split(body)
    except Problem as problem:
        status = problem.status
    else:
        status = 400 if len(found.records) == len(found.places) else 500
    assert status == 400


def test_a_body_is_bounded(tmp_path: Path) -> None:
    """Too long is refused, whether it was announced or streams in."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1000

    with queued(tmp_path, IngestSettings(body_bytes=10_000)) as service:
        for body in (b" " * 10_001, endless()):
            answer = service.post("/v1/events", body)
            assert answer.status_code == 413
            assert "body: more than 10000 bytes as sent; send smaller" in answer.json()["detail"]
        assert service.post("/v1/events", b" " * 10_000).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_is_refused(tmp_path: Path, encoding: str) -> None:
    """A small body that would decompress to a large one is refused before it does."""
    pack = gzip.compress if encoding == "gzip" else zstandard.compress
    bomb = pack(b" " * 50_000_000)
    with queued(tmp_path, IngestSettings(plain_bytes=1_000_000)) as service:
        answer = service.post("/v1/events", bomb, content_encoding=encoding)
    assert len(bomb) < 100_000
    assert answer.status_code == 413
    assert "1000000 bytes as decompressed" in answer.json()["detail"]


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_damaged_body_is_refused_whole(tmp_path: Path, encoding: str) -> None:
    """Cut off, or not what its header says: nothing of it is taken."""
    pack = gzip.compress if encoding == "gzip" else zstandard.compress
    body = lines(*EVENTS)
    with queued(tmp_path) as service:
        for sent in (pack(body)[:-9], body, pack(body)[:20] + b"?" * 50):
            answer = service.post("/v1/events", sent, content_encoding=encoding)
            assert answer.status_code == 400
            assert "as Content-Encoding says" in answer.json()["detail"]
    assert stored(tmp_path) == []


def test_a_compressed_body_that_does_not_say_so_is_told(tmp_path: Path) -> None:
    """One error with the remedy, and not one for each line of bytes."""
    with queued(tmp_path) as service:
        answer = service.post("/v1/events", gzip.compress(lines(event(1))))
    assert answer.status_code == 400
    assert "Content-Encoding: gzip" in answer.json()["detail"]


def test_an_unknown_encoding_is_named_with_those_known(tmp_path: Path) -> None:
    """The answer says what may be used."""
    with queued(tmp_path) as service:
        answer = service.post("/v1/events", b"{}", content_encoding="br")
    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "gzip, zstd"


def test_bodies_in_flight_are_bounded(tmp_path: Path) -> None:
    """More bytes than may be in memory are asked to come later, and later there is room again."""
    with queued(tmp_path, IngestSettings(flight_bytes=2000)) as service:
        answer = service.post("/v1/events", b" " * 3000)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert service.post("/v1/events", b" " * 1500).status_code == 200
        assert service.post("/v1/events", b" " * 1500).status_code == 200
