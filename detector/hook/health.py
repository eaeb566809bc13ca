"""Whether the process lives, and whether it knows the verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from fastapi import APIRouter, Response

from detector.hook.bodies import json_reply

if TYPE_CHECKING:
    from detector.hook.parts import Parts


class Health(msgspec.Struct, frozen=True):
    """How the service stands."""

    status: str
    """`ok`; `loading`; `stale`: the store does not answer, and verdicts are as old as `age_seconds`"""
    ready: bool
    mode: str
    fail: str
    verdicts: int
    loaded: int
    """version of the last verdict in memory"""
    total: int
    """version of the last verdict in the store, as far as known"""
    age_seconds: float | None
    """since the store last answered; null: it never did"""
    policy: str


SCHEMAS: Final = (Health,)


def router(parts: Parts) -> APIRouter:
    """For load balancers and people; no key is asked for, and no account is named."""
    made = APIRouter(tags=["health"])
    known: dict[int | str, dict[str, Any]] = {200: json_reply(Health, "how it stands")}

    @made.get("/healthz", responses=known, response_class=Response)
    async def alive() -> Response:
        """Say how it stands: 200 as long as it answers at all. Who loses the store stays healthy."""
        return _reply(health(parts), 200)

    @made.get(
        "/readyz",
        responses=known | {503: json_reply(Health, "verdicts are being loaded")},
        response_class=Response,
    )
    async def ready() -> Response:
        """Say whether all verdicts were loaded: until then requests are let through undecided."""
        return _reply(health(parts), 200 if parts.decider.ready else 503)

    return made


def health(parts: Parts) -> Health:
    """As of now."""
    decider, feed = parts.decider, parts.feed
    age = None if feed.age is None else round(feed.age, 3)
    status = "loading" if not decider.ready else "stale" if feed.stale() else "ok"
    return Health(
        status, decider.ready, decider.mode, parts.settings.fail, len(decider.table), feed.version,
        max(feed.total, feed.version), age, decider.rules.policy.policy_id,
    )  # fmt: skip


def _reply(found: Health, status: int) -> Response:
    return Response(msgspec.json.encode(found), status, media_type="application/json")
