from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from detector.hook.connections import Limits, limited

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

QUICK = Limits(head_seconds=0.4, body_seconds=0.8, head_bytes=4096, connections=8)
PATIENT = 20.0
GOOD = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


async def app(_: Any, receive: Any, send: Any) -> None:
    """Answers with how many bytes came."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    said = str(size).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]}
    )
    await send({"type": "http.response.body", "body": said})


@asynccontextmanager
async def serving(limits: Limits) -> AsyncIterator[int]:
    """The port of a server under limits."""
    http: Any = limited(limits)
    server = uvicorn.Server(uvicorn.Config(app, http=http, ws="none", lifespan="off", log_config=None))
    bound = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve([bound]))
    try:
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def sent(port: int, *pieces: bytes, every: float = 0.0) -> bytes:
    """All that is answered to pieces sent one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.create_task(reader.read())
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(every)
        return await asyncio.wait_for(answer, PATIENT)
    except ConnectionError:
        return await answer
    finally:
        writer.close()


def run(work: Coroutine[Any, Any, None]) -> None:
    """To its end."""
    asyncio.run(work)


def test_a_head_that_never_ends_is_given_up() -> None:
    """A field every now and then does not keep the connection; nor does saying nothing."""

    async def tried() -> None:
        async with serving(QUICK) as port:
            drip = [b"GET / HTTP/1.1\r\n", *[b"x: y\r\n"] * 8]
            assert (await sent(port, *drip, every=0.1)).startswith(b"HTTP/1.1 408 ")
            assert (await sent(port)).startswith(b"HTTP/1.1 408 ")

    run(tried())


def test_a_body_that_never_ends_is_given_up() -> None:
    """A byte every now and then does not keep the request."""

    async def tried() -> None:
        async with serving(QUICK) as port:
            head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n"
            assert (await sent(port, head, *[b"x"] * 12, every=0.1)).startswith(b"HTTP/1.1 408 ")

    run(tried())


def test_an_endless_head_is_refused() -> None:
    """Before it fills the memory, in one field or in many."""

    async def tried() -> None:
        async with serving(QUICK) as port:
            for piece in (b"y" * 1024, b"x: " + b"y" * 1000 + b"\r\n"):
                answer = await sent(port, b"GET / HTTP/1.1\r\na: ", *[piece] * 6, every=0.02)
                assert answer.startswith(b"HTTP/1.1 431 ")

    run(tried())


def test_who_waits_longest_makes_room() -> None:
    """Twice as many silent connections as there may be keep nobody from being answered."""

    async def tried() -> None:
        patient = Limits(head_seconds=PATIENT, connections=8)
        async with serving(patient) as port:
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(16)]
            assert (await sent(port, GOOD.replace(b"host", b"connection: close\r\nhost"))).endswith(
                b"\r\n\r\n0"
            )
            assert await asyncio.wait_for(held[0][0].read(), PATIENT) == b""
            for _, writer in held:
                writer.close()

    run(tried())


def test_usual_clients_notice_nothing() -> None:
    """Requests one after the other over a connection, a large body among them, are answered in order."""

    async def tried() -> None:
        async with serving(QUICK) as port:
            body = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n" + b"z" * 100_000
            answer = await sent(
                port, GOOD, body, GOOD.replace(b"host", b"connection: close\r\nhost"), every=0.2
            )
            assert [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 200 OK")[1:]] == [
                b"0",
                b"100000",
                b"0",
            ]

    run(tried())
