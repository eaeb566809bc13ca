from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import APIRouter

from detector.hook.app import make_app
from detector.policy import Policy
from detector.store.errors import StoreError, StoreUnavailable
from detector.stream.calibrated import tell_calibration
from tests.detector.hook.api import ENFORCE, Api, concluded, run
from tests.detector.hook.made import NOW

if TYPE_CHECKING:
    from detector.store.interface import Store


SHIPPED = Policy(0.9, 0.8, 0.5, "shipped")
CALIBRATED = Policy(0.9, 0.8, 0.5, "march")


async def decided(api: Api, account: str) -> Any:
    """The decision on an account's request."""
    reply = await api.client.post("/v1/decide", json={"account_id": account})
    assert reply.status_code == 200
    return reply.json()


def test_verdicts_and_controls_are_live_after_one_look(store: Store) -> None:
    """A verdict, the mode, an allow-list entry, an undo and what takes them back."""

    async def work(api: Api) -> None:
        concluded(store, ("a", 0.99), time=NOW)
        await api.parts.feed.look()
        assert (await decided(api, "a"))["enforced"] == "allow"
        steps = [
            ("PUT", "mode", ENFORCE, "block"),
            ("PUT", "allow/a", {}, "allow"),
            ("DELETE", "allow/a", None, "block"),
            ("PUT", "undo/a", {"days": 1}, "allow"),
            ("DELETE", "undo/a", None, "block"),
            ("PUT", "policy", {"policy": "rule = []"}, "allow"),
        ]
        for method, path, body, enforced in steps:
            sent = None if body is None else body | {"why": "test"}
            reply = await api.client.request(method, f"/v1/admin/{path}", json=sent)
            assert reply.status_code == 200, reply.text
            await api.parts.feed.look()
            assert (await decided(api, "a"))["enforced"] == enforced, path

    run(work, store)


@pytest.mark.parametrize("account", ["team/7", "/", "a/", "été ?#%2F", "line\nend\n"])
def test_an_account_is_meant_by_its_whole_id(store: Store, account: str) -> None:
    """An id may hold anything: what stands in a path is looked up, allowed and undone as it was sent."""

    async def work(api: Api) -> None:
        concluded(store, (account, 0.99), time=NOW)
        await api.client.put("/v1/admin/mode", json=ENFORCE | {"why": "test"})
        name = quote(account, safe="")
        for path, method in product(("allow", "undo"), ("PUT", "DELETE")):
            sent, enforced = ({"why": "test"}, "allow") if method == "PUT" else (None, "block")
            reply = await api.client.request(method, f"/v1/admin/{path}/{name}", json=sent)
            assert reply.status_code == 200, reply.text
            await api.parts.feed.look()
            seen = await api.client.get(f"/v1/decisions/{name}")
            assert (seen.json()["account_id"], seen.json()["enforced"]) == (account, enforced)

    run(work, store)


def test_nobody_enforces_uncalibrated_thresholds_unawares(store: Store) -> None:
    """Nothing said, or shipped ones: refused with the remedy, or accepted with a reason. Else it is free."""

    async def work(api: Api) -> None:
        asked, path = {"mode": "enforce", "why": "test"}, "/v1/admin/mode"
        for policy, said in ((None, "nobody has said"), (SHIPPED, "not calibrated (shipped)")):
            if policy is not None:
                tell_calibration(store, policy, NOW)
            reply = await api.client.put(path, json=asked)
            assert reply.status_code == 409
            assert said in reply.json()["detail"]
            assert "stillwatch calibrate" in reply.json()["detail"]
            assert (await api.client.get(path)).json() == {"mode": "shadow"}
        assert (
            await api.client.put(path, json=asked | {"accept_uncalibrated": "a trial"})
        ).status_code == 200
        last = (await api.client.get("/v1/admin/audit")).json()[-1]
        assert (
            last["why"] == "test (accepted that the thresholds in use are not calibrated (shipped): a trial)"
        )
        tell_calibration(store, CALIBRATED, NOW)
        version = (await api.client.put(path, json=asked)).json()["version"]
        tell_calibration(store, CALIBRATED, NOW + 1)
        assert (await api.client.put(path, json=asked)).json()["version"] == version + 1
        await api.parts.feed.look()
        assert api.parts.decider.mode == "enforce"
        assert "control not understood" not in api.said.getvalue()

    run(work, store)


def test_the_audit_says_who_did_what_and_why(store: Store) -> None:
    """With what was before; secrets and digests are not in it."""

    async def work(api: Api) -> None:
        await api.client.put("/v1/admin/mode", json=ENFORCE)
        await api.client.put("/v1/admin/mode", json={"mode": "shadow", "why": "too early"})
        entries = (await api.client.get("/v1/admin/audit")).json()
        last = entries[-1]
        assert (last["kind"], last["why"]) == ("mode", "too early")
        assert (last["before"], last["after"]) == ({"value": "enforce"}, {"value": "shadow"})
        assert last["author"].startswith("test-None (")
        assert "digest" not in str(entries)

    run(work, store)


def test_a_scope_opens_its_own_endpoints_only(store: Store) -> None:
    """A gateway's key commands nothing, and reads no list of decisions."""

    async def work(api: Api) -> None:
        assert (await api.client.post("/v1/decide", json={})).status_code == 200
        for method, path in (
            ("GET", "/v1/admin/mode"), ("GET", "/v1/decisions/a"), ("GET", "/v1/decisions/stream"),
            ("POST", "/v1/subjects"), ("GET", "/v1/admin/keys"),
        ):  # fmt: skip
            reply = await api.client.request(method, path)
            assert reply.status_code == 403, path
            assert reply.headers["content-type"] == "application/problem+json"
        reply = await api.client.post("/v1/decide", json={}, headers={"x-stillwatch-key": "swk_x"})
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")

    run(work, store, scope="decide")


def test_a_key_is_rotated_and_revoked(store: Store) -> None:
    """Two of a name may be live, a third may not; a revoked one counts no more."""

    async def work(api: Api) -> None:
        asked = {"name": "gw", "scopes": ["decide"], "why": "rotation"}
        made = [(await api.client.post("/v1/admin/keys", json=asked)).json() for _ in range(2)]
        assert (await api.client.post("/v1/admin/keys", json=asked)).status_code == 409
        await api.parts.feed.look()
        first, second = ({"x-stillwatch-key": one["key"]} for one in made)
        for headers in (first, second):
            assert (await api.client.post("/v1/decide", json={}, headers=headers)).status_code == 200
        await api.client.delete(f"/v1/admin/keys/{made[0]['key_id']}")
        await api.parts.feed.look()
        assert (await api.client.post("/v1/decide", json={}, headers=first)).status_code == 401
        assert (await api.client.post("/v1/decide", json={}, headers=second)).status_code == 200
        assert (await api.client.post("/v1/admin/keys", json=asked)).status_code == 200

    run(work, store)


def test_a_key_has_a_rate(store: Store) -> None:
    """Beyond it comes 429 with the time to wait; a gateway is let through instead, and it is counted."""

    async def work(api: Api) -> None:
        asked = {"name": "slow", "scopes": ["decide"], "why": "test", "rate": 0.5}
        key = (await api.client.post("/v1/admin/keys", json=asked)).json()["key"]
        await api.parts.feed.look()
        headers = {"x-stillwatch-key": key}
        assert (await api.client.post("/v1/decide", json={}, headers=headers)).status_code == 200
        reply = await api.client.post("/v1/decide", json={}, headers=headers)
        assert (reply.status_code, reply.headers["retry-after"]) == (429, "2")
        reply = await api.client.get("/hook/nginx", headers=headers)
        assert (reply.status_code, reply.headers["x-stillwatch-bypass"]) == (200, "rate")
        assert api.metric("stillwatch_hook_bypasses_total", gateway="nginx", reason="rate") == 1
        api.clock.sleep(2)
        assert (await api.client.post("/v1/decide", json={}, headers=headers)).status_code == 200

    run(work, store)


@pytest.mark.parametrize("rate", [5e-324, 0.09])
def test_a_key_s_rate_is_not_next_to_nothing(store: Store, rate: float) -> None:
    """One by which the wait for the next request has no end, or a long one, is refused."""

    async def work(api: Api) -> None:
        asked = {"name": "never", "scopes": ["decide"], "why": "test", "rate": rate}
        reply = await api.client.post("/v1/admin/keys", json=asked)
        assert (reply.status_code, "$.rate" in reply.json()["detail"]) == (400, True)
        assert (await api.client.post("/v1/admin/keys", json=asked | {"rate": 0.1})).status_code == 200

    run(work, store)


@pytest.mark.parametrize("name", ["gw\n", "gw\n\n", "g w", "gw\nadmin", ""])
def test_a_key_s_name_is_one_word(store: Store, name: str) -> None:
    """It stands in logs and in the audit, where a line's end would look like the next entry."""

    async def work(api: Api) -> None:
        asked = {"name": name, "scopes": ["decide"], "why": "test"}
        reply = await api.client.post("/v1/admin/keys", json=asked)
        assert (reply.status_code, "$.name" in reply.json()["detail"]) == (400, True)

    run(work, store)


@pytest.mark.parametrize(("fail", "status"), [("open", 200), ("closed", 403)])
def test_what_cannot_be_decided_follows_the_fail_mode(store: Store, fail: str, status: int) -> None:
    """A gateway with a wrong key is let through, or refused if the operator wants that; both are counted."""

    async def work(api: Api) -> None:
        wrong = {"x-stillwatch-key": "swk_x"}
        for path, gateway in (
            ("/hook/nginx", "nginx"), ("/hook/forward", "forward"), ("/ext_authz/v1/chat", "envoy-http"),
        ):  # fmt: skip
            reply = await api.client.get(path, headers=wrong)
            assert (reply.status_code, reply.headers["x-stillwatch-bypass"]) == (status, "unauthorized")
            name = "stillwatch_hook_bypasses_total"
            assert api.metric(name, gateway=gateway, reason="unauthorized") == 1
        reply = await api.client.post("/beta/litellm_basic_guardrail_api", content=b"{", headers=wrong)
        assert reply.json()["action"] == ("NONE" if fail == "open" else "BLOCKED")

    run(work, store, fail=fail)


def test_litellm_is_told_to_block_with_the_reason(store: Store) -> None:
    """Its user is the account, as in its logs; answers of models pass; texts are nowhere in our log."""

    async def work(api: Api) -> None:
        concluded(store, ("user", 0.92), time=NOW)
        await api.client.put("/v1/admin/mode", json=ENFORCE)
        await api.parts.feed.look()
        asked = {
            "input_type": "request",
            "texts": ["canary-text"],
            "request_data": {"user_api_key_user_id": "user", "user_api_key_hash": "k"},
        }
        path = "/beta/litellm_basic_guardrail_api"
        told = (await api.client.post(path, json=asked)).json()
        assert told["action"] == "BLOCKED"
        assert told["blocked_reason"].startswith("stillwatch challenge decision=dec_")
        assert (await api.client.post(path, json=asked | {"input_type": "response"})).json() == {
            "action": "NONE"
        }
        assert "canary" not in api.said.getvalue()

    run(work, store)


def test_a_store_that_does_not_answer_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decisions go on from memory; health says how old they are."""

    def gone(*_: object) -> None:
        raise StoreUnavailable("store gone")

    async def work(api: Api) -> None:
        concluded(store, ("a", 0.99), time=NOW)
        await api.parts.feed.look()
        monkeypatch.setattr(store, "controls", gone)
        api.clock.sleep(60)
        assert not await api.parts.feed.look()
        health = (await api.client.get("/healthz")).json()
        assert (health["status"], health["age_seconds"], health["verdicts"]) == ("stale", 60.0, 1)
        assert (await api.client.get("/readyz")).status_code == 200
        assert (await decided(api, "a"))["action"] == "block"
        assert api.metric("stillwatch_hook_feed_errors_total") == 1

    run(work, store)


def test_keys_and_end_users_are_linked(store: Store) -> None:
    """Whoever knows them tells us, and verdicts are found by them."""

    async def work(api: Api) -> None:
        concluded(store, ("a", 0.99), time=NOW)
        told = {"account_id": "a", "api_keys": ["k"], "end_users": ["u"]}
        assert (await api.client.post("/v1/subjects", json=told)).status_code == 204
        await api.parts.feed.look()
        for facts in ({"api_key_id": "k"}, {"end_user_id": "u"}):
            assert (await api.client.post("/v1/decide", json=facts)).json()["account_id"] == "a"

    run(work, store)


def test_bypasses_of_gateways_are_counted(store: Store) -> None:
    """What a client let through when it could not ask."""

    async def work(api: Api) -> None:
        told = {"gateway": "litellm", "requests": 7}
        assert (await api.client.post("/v1/bypasses", json=told)).status_code == 204
        name = "stillwatch_hook_bypasses_total"
        assert api.metric(name, gateway="litellm", reason="unreachable") == 7

    run(work, store)


def test_bodies_are_bounded_and_never_quoted(store: Store) -> None:
    """413 as soon as there is too much; 400 names the field."""

    async def work(api: Api) -> None:
        assert (await api.client.post("/v1/decide", content=b"x" * 101)).status_code == 413
        for body in (b"{", b'{"account_id": 5}', b"\xff", b"[" * 99):
            reply = await api.client.post("/v1/decide", content=body)
            assert reply.status_code == 400
            assert reply.headers["content-type"] == "application/problem+json"
        reply = await api.client.post("/v1/decide", content=b'{"human_token": "canary"}')
        assert reply.status_code == 400

    run(work, store, body_bytes=100)


@pytest.mark.parametrize(
    ("error", "status"),
    [(StoreUnavailable("of a test"), 503), (StoreError("another schema; upgrade"), 500)],
    ids=["away", "another fault"],
)
def test_to_come_again_is_said_only_where_that_may_help(store: Store, error: StoreError, status: int) -> None:
    """A store that is away comes back; of all else the log says what it is."""
    failing = APIRouter()

    @failing.get("/failing")
    async def fail() -> None:
        raise error

    async def work(api: Api) -> None:
        transport = httpx.ASGITransport(make_app(api.parts, [failing]))
        async with httpx.AsyncClient(transport=transport, base_url="http://hook") as client:
            reply = await client.get("/failing")
        assert (reply.status_code, "retry-after" in reply.headers) == (status, status == 503)
        assert type(error).__name__ in api.said.getvalue()

    run(work, store)


def test_a_misspelt_field_is_no_request_of_nobody(store: Store) -> None:
    """It is named, where it would have let everybody through."""

    async def work(api: Api) -> None:
        reply = await api.client.post("/v1/decide", json={"account": "a"})
        assert reply.status_code == 400
        assert "unknown field `account`" in reply.json()["detail"]

    run(work, store)
