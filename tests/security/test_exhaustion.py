"""What one client can take from all others, tried on the real service: a refusal, and decisions go on."""

from __future__ import annotations

import gzip
import json
import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

from detector.hook.stream import FOLLOWERS
from tests.detector.hook.running import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB: Final = 1 << 20
WITHIN: Final = 2.0
"""seconds: far more than a decision takes, and what a machine that is busy with other tests may need"""
DEEP: Final = 200_000
KEYS: Final = 100_000


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a service that takes events and answers decisions."""
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, "--queue", str(folder / "queue")) as (address, process):
        end = time.monotonic() + 60.0
        while httpx.get(f"{address}/readyz").status_code != 200:
            assert time.monotonic() < end
        yield address
        assert process.poll() is None
    assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture(autouse=True)
def decides(base: str) -> Iterator[None]:
    """Whatever a test did, a decision is there in time."""
    yield
    assert_decides(base)


def assert_decides(base: str) -> None:
    """One is answered within its time."""
    begun = time.monotonic()
    answer = httpx.post(f"{base}/v1/decide", json={"account_id": "a"}, timeout=WITHIN)
    assert answer.json()["action"] == "allow"
    assert time.monotonic() - begun < WITHIN


def opened(base: str) -> socket.socket:
    """A bare connection."""
    host, port = base.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30.0)


def asked(base: str, head: str, *pieces: bytes) -> bytes:
    """What is answered to a head, and to pieces of a body until somebody has had enough."""
    with opened(base) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        try:
            for piece in pieces:
                connection.sendall(piece)
        except ConnectionError:
            pass
        return connection.recv(65_536)


def test_many_slow_heads_hold_nobody_up(base: str) -> None:
    """Hundreds of connections with half a head: decisions go on, and the connections are given up."""
    with ExitStack() as stack:
        held = [stack.enter_context(opened(base)) for _ in range(300)]
        for one in held:
            one.sendall(b"POST /v1/decide HTTP/1.1\r\nhost: x\r\nx-slow: ")
        for _ in range(20):
            assert_decides(base)
        assert all(one.recv(100).startswith(b"HTTP/1.1 408 ") for one in held[:20])


@pytest.mark.parametrize(("path", "most"), [("/v1/decide", MIB), ("/v1/events", 16 * MIB)])
def test_a_body_that_says_that_it_is_huge_is_not_read(base: str, path: str, most: int) -> None:
    """413 at once, by its announced length."""
    answer = asked(base, f"POST {path} HTTP/1.1\nhost: x\ncontent-length: {10**12}", b"x" * 1000)
    assert answer.startswith(b"HTTP/1.1 413 "), most


@pytest.mark.parametrize("path", ["/v1/decide", "/v1/events", "/v1/traces"])
def test_a_body_that_never_says_how_long_it_is_is_cut_off(base: str, path: str) -> None:
    """413 as soon as it is over the limit, in chunks of a mebibyte."""
    chunk = b"%x\r\n" % MIB + b" " * MIB + b"\r\n"
    answer = asked(base, f"POST {path} HTTP/1.1\nhost: x\ntransfer-encoding: chunked", *[chunk] * 20)
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("path", ["/v1/events", "/v1/litellm", "/v1/traces"])
def test_a_bomb_is_not_inflated(base: str, path: str) -> None:
    """A gibibyte in one mebibyte of gzip is refused when it passes 64 of them."""
    bomb = gzip.compress(bytes(64 * MIB), 9) * 16
    begun = time.monotonic()
    answer = httpx.post(f"{base}{path}", content=bomb, headers={"content-encoding": "gzip"}, timeout=30.0)
    assert answer.status_code == 413
    assert time.monotonic() - begun < 10 * WITHIN


@pytest.mark.parametrize("body", [b"[" * DEEP, b'{"a":' * DEEP, b'{"account_id":' + b"[" * DEEP])
def test_deep_nesting_is_refused(base: str, body: bytes) -> None:
    """By whatever reads JSON: told as too deep or as no JSON, and no stack is used up."""
    for path in (
        "/v1/decide",
        "/v1/subjects",
        "/beta/litellm_basic_guardrail_api",
        "/v1/events",
        "/v1/litellm",
    ):
        answer = httpx.post(f"{base}{path}", content=body, timeout=30.0)
        assert answer.status_code in {400, 413, 422} or answer.json().get("action") == "NONE", path


def test_many_keys_cost_little(base: str) -> None:
    """A hundred thousand fields in one record: read within its time, or refused."""
    record = {f"k{number}": number for number in range(KEYS)}
    sound = {"event_id": "e", "account_id": "a", "time": "2026-11-20T10:00:00Z"}
    begun = time.monotonic()
    answer = httpx.post(f"{base}/v1/events", content=json.dumps(record | sound), timeout=30.0)
    assert answer.json()["received"] == 1
    assert httpx.post(f"{base}/v1/decide", json=record, timeout=30.0).status_code in {400, 413}
    assert time.monotonic() - begun < 5 * WITHIN


def test_too_many_streams_are_refused(base: str) -> None:
    """The hundred and first is told to follow another process; those before stay."""
    with ExitStack() as stack:
        client = stack.enter_context(httpx.Client(limits=httpx.Limits(max_connections=None), timeout=30.0))
        url = f"{base}/v1/decisions/stream"
        held = [stack.enter_context(client.stream("GET", url)) for _ in range(FOLLOWERS)]
        assert {one.status_code for one in held} == {200}
        refused = client.get(url)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
        assert_decides(base)


def test_endless_heads_are_refused(base: str) -> None:
    """One field that never ends, which no parser bounds."""
    with opened(base) as connection:
        connection.sendall(b"GET /readyz HTTP/1.1\r\nhost: x\r\nx: ")
        answer: Any = b""
        try:
            for _ in range(100):
                connection.sendall(b"y" * 65_536)
        except ConnectionError:
            pass
        try:
            answer = connection.recv(100)
        except ConnectionError:
            return
        assert answer.startswith(b"HTTP/1.1 431 ")
