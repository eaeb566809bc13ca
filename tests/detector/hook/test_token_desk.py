from __future__ import annotations

import asyncio
import logging
from threading import Event
from typing import TYPE_CHECKING

import pytest

from detector.hook.decision import Decision
from detector.hook.gateways.envoy_grpc import Authorization
from detector.hook.gateways.messages import Messages
from detector.hook.tokens.desk import THREADS, WAITING, TokenDesk
from detector.hook.tokens.telemetry import TokenTelemetry
from detector.human.redemption import Reason, Redemption
from detector.telemetry.logs import Log
from detector.telemetry.metrics.hook import HOOK
from detector.telemetry.metrics.instruments import Instruments
from tests.detector.hook.api import ENFORCE, concluded, running_api
from tests.detector.hook.made import NOW, Hand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from detector.store.interface import Store

CHALLENGED = Decision("dec_1", "challenge", "challenge", shadow=False, reason="rule", ttl=1, account_id="a")
HELD = {"x-toy": "yes"}


class Toy:
    """A kind of token that is worth what its header says; judging takes until the gate is open."""

    header = "x-toy"

    def __init__(self) -> None:
        self.gate = Event()
        self.refreshed = Event()

    def challenges(self, scope: bytes, now: int) -> tuple[str, ...]:
        """For whom and when."""
        return (f"Toy {scope.decode()} {now}",)

    def presented(self, headers: Mapping[str, str]) -> bool:
        """Whether the header is there."""
        return self.header in headers

    def redeem(self, headers: Mapping[str, str], scope: bytes, now: int) -> Redemption:
        """As said."""
        del scope, now
        self.gate.wait(10)
        return Redemption(Reason.ACCEPTED if headers[self.header] == "yes" else Reason.BAD_SIGNATURE)

    def refresh(self, now: int) -> None:
        """Fails, as no verifier should."""
        self.refreshed.set()
        raise OSError(now)


@pytest.fixture
def toy() -> Iterator[Toy]:
    """Opened at last, so that no thread stays behind."""
    made = Toy()
    yield made
    made.gate.set()


def desk_of(toy: Toy, instruments: Instruments) -> TokenDesk:
    """A desk with its counts."""
    return TokenDesk(toy, Hand(), TokenTelemetry(instruments), Log(logging.getLogger("detector")))


def counted(instruments: Instruments, reason: Reason) -> float | None:
    """Requests."""
    return instruments.registry.get_sample_value("stillwatch_hook_human_tokens_total", {"reason": reason})


def test_only_a_valid_token_lets_a_request_pass(toy: Toy) -> None:
    """What is refused says what to ask for; nothing of it may be kept by the gateway."""
    toy.gate.set()
    instruments = Instruments(HOOK)
    desk = desk_of(toy, instruments)
    passed = asyncio.run(desk.answered(CHALLENGED, HELD))
    assert (passed.enforced, passed.reason, passed.ttl) == ("allow", "challenge_answered", 0)
    for headers, said, reason in (
        ({}, "none", Reason.ABSENT),
        ({"x-toy": "no"}, "invalid", Reason.BAD_SIGNATURE),
    ):
        refused = asyncio.run(desk.answered(CHALLENGED, headers))
        assert (refused.enforced, refused.human_token, refused.ttl) == ("challenge", said, 0)
        assert refused.challenges == (f"Toy a {Hand().now()}",)
        assert counted(instruments, reason) == 1


def test_a_store_that_hangs_holds_no_request_up(toy: Toy) -> None:
    """Requests are challenged again after a moment; those behind too many others at once."""
    instruments = Instruments(HOOK)
    desk = desk_of(toy, instruments)

    async def main() -> list[Decision]:
        asked = [desk.answered(CHALLENGED, HELD) for _ in range(WAITING + 5)]
        return await asyncio.wait_for(asyncio.gather(*asked), 5)

    assert {one.enforced for one in asyncio.run(main())} == {"challenge"}
    assert counted(instruments, Reason.BUSY) == 5
    assert counted(instruments, Reason.STORE_UNAVAILABLE) == WAITING
    # Those that nobody waits for any more were taken back, but for the ones under way.
    toy.gate.set()
    assert asyncio.run(desk.answered(CHALLENGED, HELD)).enforced == "allow"
    assert THREADS < WAITING


def test_a_refresh_that_fails_ends_nothing(toy: Toy) -> None:
    """The next one may do better."""
    desk = desk_of(toy, Instruments(HOOK))

    async def main() -> None:
        running = asyncio.create_task(desk.run())
        await asyncio.to_thread(toy.refreshed.wait, 5)
        await asyncio.sleep(0.05)
        assert not running.done()
        running.cancel()

    asyncio.run(main())


def test_every_gateway_hands_tokens_on(store: Store, toy: Toy) -> None:
    """And challenges in one field, behind which the operator's own stands; only LiteLLM cannot."""
    toy.gate.set()
    asked = {"x-stillwatch-account": "a"}

    async def main() -> None:
        async with running_api(store, tokens=desk_of(toy, Instruments(HOOK))) as api:
            concluded(store, ("a", 0.95), time=NOW)
            await api.client.put("/v1/admin/mode", json=ENFORCE)
            await api.parts.feed.look()
            for path in ("/hook/nginx", "/hook/forward", "/ext_authz/v1/chat"):
                refused = await api.client.get(path, headers=asked)
                assert refused.status_code == 401
                assert refused.headers["www-authenticate"].startswith(f"Toy a {NOW}, Bearer ")
                assert (await api.client.get(path, headers=asked | HELD)).status_code == 200
            told = await api.client.post("/v1/decide", json={"account_id": "a"}, headers=HELD)
            assert told.json()["reason"] == "challenge_answered"
            body = {"request_data": {"user_api_key_user_id": "a"}, "request_headers": HELD}
            told = await api.client.post("/beta/litellm_basic_guardrail_api", json=body, headers=HELD)
            assert told.json()["action"] == "BLOCKED"
            check = Authorization(api.parts).check
            for headers, status in ((asked, 16), (asked | HELD, 0)):
                request = Messages().request()
                request.attributes.request.http.headers.update(headers)
                reply = await check(request, Context(api.client.headers["x-stillwatch-key"]))
                assert reply.status.code == status

    asyncio.run(main())


class Context:
    """A call's metadata."""

    def __init__(self, key: str) -> None:
        self._key = key

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        """Our key."""
        return (("x-stillwatch-key", self._key),)
