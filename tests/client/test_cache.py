from __future__ import annotations

import asyncio
import logging
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from stillwatch_client import AsyncVerdictCache, CacheSettings, Service, VerdictCache

from tests.client.conditions import eventually
from tests.client.stub_service import KEY, StubService, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


def settings(port: int, key: str = KEY, **more: Any) -> CacheSettings:
    """Impatient ones."""
    quick = {"backoff": 0.02, "backoff_most": 0.1, "silence": 0.4, "report": 0.05, **more}
    return CacheSettings(Service(f"http://127.0.0.1:{port}", key), **quick)


@pytest.fixture
def stub() -> StubService:
    """Five accounts, so three pages of a snapshot."""
    made = StubService()
    for name in "abcde":
        made.publish(name, "block")
    return made


@pytest.fixture
def port(stub: StubService) -> Iterator[int]:
    """Where the stub serves."""
    with serving(stub) as found:
        yield found


def enforced(cache: VerdictCache | AsyncVerdictCache, account: str) -> str:
    """What is done to an account's requests."""
    return cache.decide(account=account).enforced


def test_a_snapshot_and_then_changes(stub: StubService, port: int) -> None:
    """A new verdict and one that was taken back count at once."""
    with VerdictCache(settings(port)) as cache:
        assert cache.wait_ready(5)
        assert [enforced(cache, name) for name in "abcdex"] == ["block"] * 5 + ["allow"]
        stub.publish("x", "throttle")
        stub.undo("a")
        assert eventually(lambda: (enforced(cache, "x"), enforced(cache, "a")) == ("throttle", "allow"))
        assert cache.status().verdicts == 5


def test_the_first_decision_starts_the_cache(port: int) -> None:
    """Also in a process that was forked after the cache was made."""
    with closing(VerdictCache(settings(port))) as cache:
        cache.decide(account="a")
        assert cache.wait_ready(5)
        assert enforced(cache, "a") == "block"


def test_an_event_loop_may_follow_by_itself(port: int) -> None:
    """The asyncio flavour decides alike, and ends with its block."""

    async def used() -> tuple[bool, str]:
        async with AsyncVerdictCache(settings(port)) as cache:
            return await cache.wait_ready(5), enforced(cache, "c")

    assert asyncio.run(used()) == (True, "block")


def test_a_broken_feed_goes_on_where_it_was(stub: StubService) -> None:
    """By the version; what changed meanwhile comes as a delta. Verdicts count all the while."""
    with serving(stub) as port:
        cache = VerdictCache(settings(port))
        cache.start()
        assert cache.wait_ready(5)
    stub.publish("late", "challenge")
    assert enforced(cache, "a") == "block"
    with serving(stub, port):
        assert eventually(lambda: enforced(cache, "late") == "challenge")
    assert stub.resumed[:2] == [None, "6"]
    assert cache.counters.get("pages", "snapshot") == 3
    cache.close()


def test_another_store_means_a_new_snapshot(stub: StubService) -> None:
    """A service whose versions went back is read anew."""
    with serving(stub) as port:
        cache = VerdictCache(settings(port))
        cache.start()
        assert cache.wait_ready(5)
    other = StubService()
    other.publish("only", "block")
    with serving(other, port):
        assert eventually(lambda: enforced(cache, "only") == "block")
        assert enforced(cache, "a") == "allow"
    cache.close()


def test_silence_is_not_taken_for_life(stub: StubService, port: int) -> None:
    """A service that hangs is asked anew; its verdicts become stale, and count again once it is back."""
    with VerdictCache(settings(port, max_staleness=0.6)) as cache:
        assert cache.wait_ready(5)
        stub.delay, stub.silent = 30.0, True
        assert eventually(lambda: cache.decide(account="a").bypass == "stale")
        assert cache.counters.get("feed_breaks") >= 1
        stub.delay, stub.silent = 0.0, False
        assert eventually(lambda: enforced(cache, "a") == "block")


def test_bypasses_are_reported_once(stub: StubService) -> None:
    """When the service is back, it is told how many requests went through unchecked."""
    with serving(stub) as port:
        pass
    cache = VerdictCache(settings(port, gateway="litellm"))
    for _ in range(3):
        cache.decide(account="a")
    with serving(stub, port):
        assert eventually(lambda: stub.bypasses == [{"gateway": "litellm", "requests": 3}])
        assert eventually(lambda: cache.counters.get("bypasses_reported") == 3)
        cache.decide(account="a")
        cache.close()
    assert len(stub.bypasses) == 1


def test_a_wrong_key_is_said_in_the_log(
    stub: StubService, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, with the setting to mend, and without the key."""
    with caplog.at_level(logging.WARNING), VerdictCache(settings(port, key="swk_wrong")) as cache:
        assert eventually(lambda: cache.counters.get("feed_breaks") >= 3)
    assert len(caplog.records) == 1
    assert "STILLWATCH_KEY" in caplog.text
    assert "swk_wrong" not in caplog.text
    assert stub.resumed == []


def test_nonsense_is_not_taken_over() -> None:
    """What is not Stillwatch's leaves the cache without knowledge, and alive."""
    with serving(StubService(rows={"a": {"account_id": 1}})) as port, VerdictCache(settings(port)) as cache:
        assert cache.wait_ready(5)
        assert cache.decide(account="a").bypass == "incomplete"
        assert cache.counters.get("verdicts_left_out") == 1


def test_deciding_takes_microseconds(port: int) -> None:
    """Nothing is asked over the network: ten thousand decisions in under a second."""
    with VerdictCache(settings(port)) as cache:
        assert cache.wait_ready(5)
        begun = time.perf_counter()
        for _ in range(10_000):
            cache.decide(account="nobody", api_key="k", end_user="u")
        assert time.perf_counter() - begun < 1.0
