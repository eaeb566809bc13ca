from __future__ import annotations

import re
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from tests.client.conditions import eventually
from tests.detector.hook.service import Service, commanded, free_port, key_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gateways.conftest import Filled
    from tests.gateways.proxy import Gateway

GENERIC: Final = {"guardrails": ["stillwatch-http"]}


@pytest.fixture(scope="module")
def service(
    gateway: Gateway, filled_store: Filled, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The real service, enforcing, and known to the gateway; who ends it starts it again."""
    commanded(filled_store.url, "enforce")
    log = tmp_path_factory.mktemp("service") / "log"
    made = Service(filled_store.url, filled_store.key, log, gateway.service_port, free_port(), free_port())
    made.start()
    assert eventually(lambda: gateway.ask("block").status_code == 403, 20.0)
    yield made
    if made.process is not None:
        made.end(signal.SIGKILL)


def unchecked(gateway: Gateway) -> list[int]:
    """How many requests went through unchecked in each outage that is over."""
    log = gateway.log.read_text(encoding="utf-8")
    return [int(count) for count in re.findall(r"checked again; (\d+) went", log)]


def test_the_shipped_policy_is_enforced(gateway: Gateway, service: Service) -> None:
    """Verdicts on API keys, by the hash under which LiteLLM knows them, in the words of the guard."""
    del service
    found = {
        action: gateway.ask(action).status_code for action in ("allow", "throttle", "challenge", "block")
    }
    assert found == {"allow": 200, "throttle": 429, "challenge": 401, "block": 403}
    assert int(gateway.ask("throttle").headers["retry-after"]) > 0
    assert gateway.ask("degrade", logprobs=True, top_logprobs=2).status_code == 200
    assert "logprobs" not in gateway.reached[-1]


def test_the_switch_to_shadow_is_live_at_once(
    gateway: Gateway, service: Service, filled_store: Filled
) -> None:
    """In the gateway, too."""
    del service
    commanded(filled_store.url, "shadow")
    assert eventually(lambda: gateway.ask("block").status_code == 200, 3.0)
    commanded(filled_store.url, "enforce")
    assert eventually(lambda: gateway.ask("block").status_code == 403, 3.0)


def test_killed_and_restarted_while_requests_flow(gateway: Gateway, service: Service) -> None:
    """No request fails; the service counts those that went through unchecked once it is back."""
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(gateway.ask, "allow") for _ in range(20)]
        service.end(signal.SIGKILL)
        answers += [pool.submit(gateway.ask, "allow") for _ in range(20)]
        assert {answer.result().status_code for answer in answers} == {200}
    assert eventually(lambda: gateway.ask("block").status_code == 200)
    assert gateway.ask("allow").status_code == 200
    service.start()
    assert eventually(lambda: gateway.ask("block").status_code == 403, 20.0)
    name = "stillwatch_hook_bypasses_total"
    told = unchecked(gateway)[-1]
    assert told >= 2
    # Some of an earlier outage may have had to wait for this report.
    assert eventually(lambda: service.metric(name, gateway="litellm", reason="unreachable") >= told, 20.0)


def test_a_frozen_service_thaws(gateway: Gateway, service: Service) -> None:
    """SIGSTOP: verdicts become stale, requests pass; SIGCONT: they are checked again."""
    service.send(signal.SIGSTOP)
    try:
        assert eventually(lambda: gateway.ask("block").status_code == 200)
        assert gateway.ask("allow").elapsed.total_seconds() < 2.0
        assert gateway.ask("generic", **GENERIC).status_code == 200
    finally:
        service.send(signal.SIGCONT)
    assert eventually(lambda: gateway.ask("block").status_code == 403, 20.0)


def test_the_generic_guardrail_asks_the_real_endpoint(gateway: Gateway, service: Service) -> None:
    """With nothing of ours in the gateway but configuration; keys are found by their account."""
    assert gateway.ask("allow", user="linked", **GENERIC).status_code == 200
    link = {"account_id": key_id("block"), "api_keys": [key_id("allow")]}
    url = f"http://127.0.0.1:{service.port}/v1/subjects"
    told = httpx.post(url, json=link, headers={"x-stillwatch-key": service.key}, trust_env=False)
    assert told.status_code == 204
    answers: list[httpx.Response] = []

    def is_denied() -> bool:
        answers.append(gateway.ask("allow", user="linked", **GENERIC))
        return answers[-1].status_code != 200

    assert eventually(is_denied)
    # The guard class is told of the link as well, and may speak first.
    assert answers[-1].status_code in {400, 403}
    assert "stillwatch block decision=" in answers[-1].text or "decision id" in answers[-1].text
