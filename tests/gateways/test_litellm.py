from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.client.conditions import eventually
from tests.client.stub_service import CHALLENGE, serving
from tests.gateways.proxy import STALE_SECONDS
from tests.gateways.stub_model import SENTENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gateways.proxy import Gateway

ASKED: Final = {"logprobs": True, "top_logprobs": 3, "logit_bias": {"1": 1}, "n": 4, "extra_body": {"n": 9}}
GENERIC: Final = {"guardrails": ["stillwatch-http"]}
PATIENCE: Final = 2.0
"""seconds; a request that waits for us would take longer"""


@pytest.fixture
def service(gateway: Gateway) -> Iterator[ExitStack]:
    """Stillwatch is up and known; closing the stack kills it."""
    gateway.stub.delay, gateway.stub.silent = 0.0, False
    gateway.stub.guardrail, gateway.stub.guardrail_status = {"action": "NONE"}, 200
    with ExitStack() as stack:
        stack.enter_context(serving(gateway.stub, gateway.service_port))
        gateway.stub.publish("known", "block")
        assert eventually(lambda: gateway.ask("known").status_code == 403, 30.0)
        yield stack


def decided(gateway: Gateway, account: str, action: str, **more: Any) -> None:
    """Publish a verdict, and wait until it is in the gateway: a marker published after it shows that."""
    gateway.stub.publish(account, action, **more)
    marker = f"marker-{gateway.stub.version}"
    gateway.stub.publish(marker, "block")
    assert eventually(lambda: gateway.ask(marker).status_code == 403)


def logged_user(payload: dict[str, Any]) -> Any:
    """Whose request LiteLLM's own logger tells of."""
    return payload["metadata"]["user_api_key_user_id"]


def event_of(gateway: Gateway, account: str) -> dict[str, Any]:
    """The one event of an account."""
    found: list[dict[str, Any]] = []

    def arrived() -> bool:
        found[:] = [event for event in gateway.stub.events if event["account_id"] == account]
        return bool(found)

    assert eventually(arrived)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("action", "status", "header"),
    [
        ("throttle", 429, ("retry-after", "7")),
        ("challenge", 401, ("www-authenticate", f'{CHALLENGE}, PrivateToken challenge="abc"')),
        ("block", 403, ("x-stillwatch-action", "block")),
    ],
)
def test_denials_reach_the_client(
    gateway: Gateway, service: ExitStack, action: str, status: int, header: tuple[str, str]
) -> None:
    """With their status and headers; nothing reaches the model, and the event says who denied it."""
    del service
    decided(gateway, f"to-{action}", action, retry_after=7)
    before = len(gateway.reached)
    answer = gateway.ask(f"to-{action}")
    assert answer.status_code == status
    assert header in answer.headers.items()
    assert answer.headers["x-stillwatch-decision"] in answer.text
    assert len(gateway.reached) == before
    event = event_of(gateway, f"to-{action}")
    assert (event["status"], event["denied_by"]) == (status, "stillwatch")


def test_a_token_answers_a_challenge(gateway: Gateway, service: ExitStack) -> None:
    """One that the service takes lets the request pass; while nobody can judge it, it is challenged again."""
    decided(gateway, "stepped-up", "challenge")
    good = {"private-token": gateway.stub.token}
    assert gateway.ask("stepped-up", good).status_code == 200
    assert gateway.ask("stepped-up", {"private-token": "forged"}).status_code == 401
    service.close()
    answer = gateway.ask("stepped-up", good)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'PrivateToken challenge="abc"')


def test_shadows_and_strangers_are_served(gateway: Gateway, service: ExitStack) -> None:
    """As if we were not there, and each is an event."""
    del service
    decided(gateway, "shadowed", "block", shadow=True)
    for account in ("shadowed", "stranger"):
        answer = gateway.ask(account)
        assert answer.json()["choices"][0]["message"]["content"] == SENTENCE
        assert not [name for name in answer.headers if "stillwatch" in name]
        event = event_of(gateway, account)
        assert (event["status"], event["response"], event["org_id"]) == (200, SENTENCE, "org-1")


def test_a_degraded_request_is_served_without_its_extras(gateway: Gateway, service: ExitStack) -> None:
    """The model never sees them, however they were asked for; the event reports what was asked."""
    del service
    assert gateway.ask("plain", **ASKED).status_code == 200
    assert {"logprobs", "top_logprobs", "logit_bias"} <= gateway.reached[-1].keys()
    decided(gateway, "greedy", "degrade")
    assert gateway.ask("greedy", **ASKED).status_code == 200
    assert gateway.reached[-1].keys() == {"model", "messages", "n"}
    assert gateway.reached[-1]["n"] == 1
    event = event_of(gateway, "greedy")
    assert (event["logprobs"], event["top_logprobs"], event["logit_bias_size"], event["n"]) == (True, 3, 1, 9)


def test_a_stream_is_one_event(gateway: Gateway, service: ExitStack) -> None:
    """After its end, with all of the text."""
    del service
    assert "data: [DONE]" in gateway.ask("streamer", stream=True).text
    event = event_of(gateway, "streamer")
    assert event["stream"] is True
    assert event["response"] == SENTENCE.replace(" ", "")


def test_litellms_own_logger_reaches_the_ingest(gateway: Gateway, service: ExitStack) -> None:
    """As the configuration without our code has it: payloads for `/v1/litellm`."""
    del service
    gateway.ask("logged")
    assert eventually(lambda: "logged" in map(logged_user, gateway.stub.litellm), 15.0)


def test_killed_while_requests_flow_nothing_fails(gateway: Gateway, service: ExitStack) -> None:
    """Requests are served before, during and after; events wait for the service and arrive once."""
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(gateway.ask, f"flow-{number}") for number in range(30)]
        service.close()
        answers += [pool.submit(gateway.ask, f"flow-{number}") for number in range(30, 60)]
        assert {answer.result().status_code for answer in answers} == {200}
    with serving(gateway.stub, gateway.service_port):
        wanted = {f"flow-{number}" for number in range(60)}
        assert eventually(lambda: wanted <= {event["account_id"] for event in gateway.stub.events}, 40.0)
    accounts = [event["account_id"] for event in gateway.stub.events if event["account_id"] in wanted]
    assert len(accounts) == len(wanted)


def test_each_request_that_goes_unchecked_is_counted(gateway: Gateway, service: ExitStack) -> None:
    """From the first that our absence lets through to the last: in the gateway's log and at the service."""
    decided(gateway, "banned", "block")
    service.close()
    # What was known still counts for a while.
    assert gateway.ask("banned").status_code == 403
    assert eventually(lambda: gateway.ask("banned").status_code == 200)
    unchecked = 1
    for number in range(5):
        assert gateway.ask(f"honest-{number}").status_code == 200
        unchecked += 1
    with serving(gateway.stub, gateway.service_port):
        while gateway.ask("banned").status_code == 200:
            unchecked += 1
            time.sleep(0.1)
        log = gateway.log.read_text(encoding="utf-8")
        counts = [int(count) for count in re.findall(r"checked again; (\d+) went", log)]
        assert counts[-1] == unchecked
        reports = gateway.stub.bypasses
        assert eventually(lambda: sum(report["requests"] for report in reports) == sum(counts), 20.0)


def test_a_service_that_hangs_keeps_nobody_waiting(gateway: Gateway, service: ExitStack) -> None:
    """No request takes longer for it, before and after what is known is stale."""
    del service
    gateway.stub.delay, gateway.stub.silent = 30.0, True
    deadline = time.monotonic() + 2 * STALE_SECONDS
    while time.monotonic() < deadline:
        answer = gateway.ask("patient")
        assert answer.status_code == 200
        assert answer.elapsed.total_seconds() < PATIENCE
    gateway.stub.breaks.set()


def test_the_generic_guardrail_is_asked_and_obeyed(gateway: Gateway, service: ExitStack) -> None:
    """By HTTP, with the ids that a verdict is found by; LiteLLM makes a denial an error 400."""
    del service
    assert gateway.ask("generic", **GENERIC).status_code == 200
    asked = gateway.stub.guarded[-1]
    assert asked["request_data"]["user_api_key_user_id"] == "generic"
    assert asked["input_type"] == "request"
    gateway.stub.guardrail = {"action": "BLOCKED", "blocked_reason": "stillwatch throttle retry_after=30"}
    answer = gateway.ask("generic", **GENERIC)
    assert answer.status_code == 400
    assert "retry_after=30" in answer.text


@pytest.mark.parametrize("trouble", ["killed", "slow", "failing"])
def test_the_generic_guardrail_fails_open(gateway: Gateway, service: ExitStack, trouble: str) -> None:
    """With the shipped settings no request fails or waits because of us."""
    if trouble == "killed":
        service.close()
    elif trouble == "slow":
        gateway.stub.delay = 5.0
    else:
        gateway.stub.guardrail_status = 500
    for _ in range(3):
        answer = gateway.ask(f"generic-{trouble}", **GENERIC)
        assert answer.status_code == 200
        assert answer.elapsed.total_seconds() < PATIENCE
    gateway.stub.delay = 0.0
