from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stillwatch_client import CacheSettings, Service, SettingsError, Verdict
from stillwatch_client.decider import Decider
from stillwatch_client.settings import cache_settings_from, service_from
from stillwatch_client.table import VerdictTable
from stillwatch_client.wire import Page

if TYPE_CHECKING:
    from stillwatch_client import Decision

SERVICE = Service("http://127.0.0.1:1")
ENFORCED = Verdict("a", "throttle", shadow=False, expires=100.0, retry_after=7.0)


def decider(
    *verdicts: Verdict, now: float = 50.0, silent: float = 0.0, most: int = 10, **settings: Any
) -> Decider:
    """One that knows verdicts; without any it has none read yet."""
    table = VerdictTable(most, lambda: now)
    if verdicts:
        table.apply(Page("snapshot", 1, "1", verdicts, (), 0, more=False))
    made = Decider(CacheSettings(SERVICE, **settings), table, lambda: now, lambda: silent, lambda: "dec_1")
    made.heard = 0.0
    return made


def short(decision: Decision) -> tuple[str, str, str, str | None]:
    """What matters of a decision."""
    return decision.action, decision.enforced, decision.reason, decision.bypass


def test_a_verdict_is_enforced() -> None:
    """With what the denial needs to say."""
    decision = decider(ENFORCED).decide(account="a")
    assert short(decision) == ("throttle", "throttle", "verdict", None)
    assert (decision.decision_id, decision.retry_after) == ("dec_1", 7.0)


@pytest.mark.parametrize("settings", [{"shadow": True}, {}])
def test_a_shadow_enforces_nothing_and_is_counted(settings: dict[str, Any]) -> None:
    """Neither the service's shadow nor the gateway's own."""
    verdict = ENFORCED if settings else Verdict("a", "throttle", shadow=True)
    made = decider(verdict, **settings)
    decision = made.decide(account="a")
    assert (decision.action, decision.enforced, decision.shadow) == ("throttle", "allow", True)
    assert made.counters.snapshot() == {("would_have", "throttle"): 1, ("decisions", "allow"): 1}


def test_verdicts_expire() -> None:
    """An account is free again at that second, also if the service is gone by then."""
    assert short(decider(ENFORCED, now=100.0).decide(account="a")) == ("allow", "allow", "expired", None)


def test_who_has_no_verdict_is_allowed() -> None:
    """That is no bypass."""
    assert short(decider(ENFORCED).decide(account="b")) == ("allow", "allow", "no_verdict", None)


CAUSES = [
    (decider, (), {}, "not_ready"),
    (decider, (ENFORCED,), {"silent": 61.0}, "stale"),
    (decider, (Verdict("x", "block"), ENFORCED), {"most": 1}, "incomplete"),
]


@pytest.mark.parametrize(("make", "verdicts", "more", "cause"), CAUSES)
def test_without_knowledge_requests_pass_and_are_counted(
    make: Any, verdicts: tuple[Verdict, ...], more: dict[str, Any], cause: str
) -> None:
    """Fail-open is the default."""
    made = make(*verdicts, **more)
    assert short(made.decide(account="a")) == ("allow", "allow", "unavailable", cause)
    assert made.counters.get("bypasses", cause) == 1


@pytest.mark.parametrize(("make", "verdicts", "more", "cause"), CAUSES)
def test_closed_means_refused(
    make: Any, verdicts: tuple[Verdict, ...], more: dict[str, Any], cause: str
) -> None:
    """Where the operator chose so, but never in the gateway's own shadow."""
    made = make(*verdicts, fail="closed", **more)
    assert short(made.decide(account="a")) == ("block", "block", "unavailable", None)
    assert made.counters.get("refusals", cause) == 1
    assert short(make(*verdicts, fail="closed", shadow=True, **more).decide(account="a"))[1] == "allow"


@given(st.lists(st.sampled_from(["a", "b", "c", None])), st.booleans(), st.floats(0, 200))
def test_each_decision_is_counted_once(accounts: list[str | None], shadow: bool, now: float) -> None:  # noqa: FBT001 - Hypothesis draws it
    """By what was enforced."""
    made = decider(ENFORCED, Verdict("b", "block", shadow=True), now=now, shadow=shadow)
    decisions = [made.decide(account=account) for account in accounts]
    assert made.counters.total("decisions") == len(accounts)
    for action in ("allow", "throttle", "block"):
        enforced = sum(decision.enforced == action for decision in decisions)
        assert made.counters.get("decisions", action) == enforced


def test_settings_come_from_the_environment() -> None:
    """Those that are not set keep their defaults."""
    environ = {"STILLWATCH_URL": "https://s", "STILLWATCH_SHADOW": "true", "STILLWATCH_MAX_STALENESS": "5"}
    settings = cache_settings_from(service_from(environ), environ)
    assert (settings.shadow, settings.max_staleness, settings.fail) == (True, 5.0, "open")


@pytest.mark.parametrize(
    "environ",
    [
        {}, {"STILLWATCH_URL": "stillwatch:8080"}, {"STILLWATCH_URL": "http://s", "STILLWATCH_FAIL": "ajar"},
        {"STILLWATCH_URL": "http://s", "STILLWATCH_MAX_STALENESS": "long"},
        {"STILLWATCH_URL": "http://s", "STILLWATCH_MAX_VERDICTS": "0"},
        {"STILLWATCH_URL": "http://s", "STILLWATCH_SHADOW": "perhaps"},
        {"STILLWATCH_URL": "http://s", "STILLWATCH_KEY": "schlüssel"},
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_at_the_start(environ: dict[str, str]) -> None:
    """The message names the setting."""
    with pytest.raises(SettingsError, match=r"STILLWATCH|max_verdicts"):
        cache_settings_from(service_from(environ), environ)


def test_a_key_is_not_shown() -> None:
    """Neither in a log nor in a traceback."""
    assert "secret" not in repr(Service("http://s", "swk_secret"))
