"""Our client beside the real service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from stillwatch_client import CacheSettings, VerdictCache
from stillwatch_client import Service as Address

from tests.client.conditions import eventually
from tests.detector.hook.service import HOST, key_id

if TYPE_CHECKING:
    from tests.detector.hook.service import Service


def test_a_verdict_is_found_by_key_and_by_end_user(service: Service) -> None:
    """As soon as somebody has told whose they are."""
    url = f"http://{HOST}:{service.port}"
    with VerdictCache(CacheSettings(Address(url, service.key))) as cache:
        assert cache.wait_ready(5)
        assert cache.decide(account=key_id("block")).enforced == "block"
        assert cache.decide(api_key="a key", end_user="a user").enforced == "allow"
        told = {"account_id": key_id("block"), "api_keys": ["a key"], "end_users": ["a user"]}
        answer = httpx.post(f"{url}/v1/subjects", json=told, headers={"x-stillwatch-key": service.key})
        assert answer.status_code == 204
        assert eventually(lambda: cache.decide(api_key="a key").enforced == "block", 3.0)
        assert cache.decide(end_user="a user").account_id == key_id("block")
        assert cache.decide(account="honest", end_user="a user").enforced == "allow"
