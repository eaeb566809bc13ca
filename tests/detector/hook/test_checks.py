from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import grpc
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.hook.gateways.envoy_grpc import make_server
from detector.hook.gateways.messages import METHOD, SERVICE, Messages
from tests.detector.hook.api import ENFORCE, concluded, running_api
from tests.detector.hook.made import NOW

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from detector.store.interface import Store
    from tests.detector.hook.api import Api

MESSAGES = Messages()


def run(work: Callable[[Api, Callable[[bytes], Awaitable[Any]]], Awaitable[None]], store: Store) -> None:
    """A test beside a gRPC server, which is asked in bytes."""

    async def main() -> None:
        async with running_api(store) as api:
            server = make_server(api.parts)
            port = server.add_insecure_port("127.0.0.1:0")
            await server.start()
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                call: Any = channel.unary_unary(
                    f"/{SERVICE}/{METHOD}", response_deserializer=MESSAGES.response.FromString
                )
                key = api.client.headers["x-stillwatch-key"]
                await work(api, lambda sent: call(sent, metadata=(("x-stillwatch-key", key),)))
            await server.stop(None)

    asyncio.run(main())


def asked(headers: dict[str, str], extensions: dict[str, str]) -> bytes:
    """A check as Envoy sends it."""
    request = MESSAGES.request()
    request.attributes.request.http.headers.update(headers)
    request.attributes.context_extensions.update(extensions)
    sent: bytes = request.SerializeToString()
    return sent


def test_what_a_route_says_counts_more_than_headers(store: Store) -> None:
    """`context_extensions` are Envoy's own; the action is in the metadata for its log."""

    async def work(api: Api, check: Callable[[bytes], Awaitable[Any]]) -> None:
        concluded(store, ("a", 0.99), time=NOW)
        await api.client.put("/v1/admin/mode", json=ENFORCE)
        await api.parts.feed.look()
        reply = await check(asked({"x-stillwatch-account": "honest"}, {"account": "a"}))
        assert (reply.status.code, reply.denied_response.status.code) == (7, 403)
        assert reply.dynamic_metadata["action"] == "block"
        reply = await check(asked({"x-stillwatch-account": "honest"}, {}))
        assert (reply.status.code, reply.dynamic_metadata["enforced"]) == (0, "allow")

    run(work, store)


def test_ids_in_checks_need_not_be_ascii(store: Store) -> None:
    """Of an account, and of a key whose token is hashed as it was sent."""
    hashed = sha256("sk-ключ".encode()).hexdigest()

    async def work(api: Api, check: Callable[[bytes], Awaitable[Any]]) -> None:
        concluded(store, ("счёт", 0.99), (hashed, 0.99), time=NOW)
        await api.client.put("/v1/admin/mode", json=ENFORCE)
        await api.parts.feed.look()
        for headers in ({"x-stillwatch-account": "счёт"}, {"authorization": "Bearer sk-ключ"}):
            assert (await check(asked(headers, {}))).denied_response.status.code == 403, headers
        assert (await check(asked({}, {"account": "счёт"}))).denied_response.status.code == 403

    run(work, store)


def test_bytes_that_are_no_check_pass(store: Store) -> None:
    """Undecided and counted: an error would be a failure of ours."""

    async def work(api: Api, check: Callable[[bytes], Awaitable[Any]]) -> None:
        reply = await check(b"\xff\xff\xff")
        assert (reply.status.code, reply.dynamic_metadata["enforced"]) == (0, "allow")
        name = "stillwatch_hook_bypasses_total"
        assert api.metric(name, gateway="envoy-grpc", reason="bad_request") == 1

    run(work, store)


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9)), st.text(max_size=9))
@settings(max_examples=30)
def test_messages_are_those_of_the_wire(headers: dict[str, str], body: str) -> None:
    """What is written is read again, whatever texts are in it."""
    request = MESSAGES.request.FromString(asked(headers, {}))
    assert dict(request.attributes.request.http.headers) == headers
    reply = MESSAGES.response()
    reply.denied_response.body = body
    assert MESSAGES.response.FromString(reply.SerializeToString()) == reply
