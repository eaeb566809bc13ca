"""LiteLLM's Generic Guardrail API: a verdict is always a 200, and a denial reaches the client as a 400.

Texts and images are in what LiteLLM sends; they are not read. Throttle and challenge cannot be told from a
block here but by `blocked_reason`; our guardrail class in `stillwatch_client` can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec
from fastapi import APIRouter, Request, Response

from detector.hook.asking import ask, bypass
from detector.hook.bodies import decoded, json_body, json_reply, read_body
from detector.hook.decision import Facts
from detector.hook.headers import HUMAN, PLAN, denied, headers_in
from detector.hook.problems import Problem

if TYPE_CHECKING:
    from detector.hook.decision import Decision
    from detector.hook.parts import Parts

GATEWAY: Final = "litellm"
BODY_BYTES: Final = 16 << 20
"""Whole prompts come with the question."""


class LitellmCaller(msgspec.Struct, frozen=True):
    """Whom LiteLLM knows; what is null or absent is unknown."""

    user_api_key_hash: str | None = None
    user_api_key_user_id: str | None = None
    user_api_key_team_id: str | None = None
    user_api_key_end_user_id: str | None = None
    user_api_key_org_id: str | None = None


class LitellmQuestion(msgspec.Struct, frozen=True):
    """What we read of a request."""

    input_type: str = "request"
    litellm_call_id: str | None = None
    request_data: LitellmCaller | None = None
    request_headers: dict[str, str] | None = None


class LitellmAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """NONE: go on. BLOCKED: refuse."""

    action: Literal["NONE", "BLOCKED"]
    blocked_reason: str | None = None


SCHEMAS: Final = (LitellmQuestion, LitellmAnswer)
_PASS: Final = b'{"action":"NONE"}'


def router(parts: Parts) -> APIRouter:
    """The path that LiteLLM appends by itself."""
    made = APIRouter(tags=["gateways"])
    decoder = msgspec.json.Decoder(LitellmQuestion)

    @made.post(
        "/beta/litellm_basic_guardrail_api",
        responses={200: json_reply(LitellmAnswer, "NONE, or BLOCKED with the reason")},
        openapi_extra=json_body(LitellmQuestion),
        response_class=Response,
    )
    async def guard(request: Request) -> Response:
        """Decide on a request that LiteLLM holds; answers of models always pass."""
        try:
            question = decoded(decoder, await read_body(request, BODY_BYTES))
        except Problem:
            return _reply(bypass(parts, GATEWAY, "bad_request"))
        if question.input_type != "request":
            return Response(_PASS, media_type="application/json")
        return _reply(await ask(parts, GATEWAY, headers_in(request), facts_of(question)))

    return made


def facts_of(question: LitellmQuestion) -> Facts:
    """Who asks: the account is resolved as our LiteLLM adapter does for logs, user before team before key."""
    who = question.request_data or LitellmCaller()
    headers = question.request_headers or {}
    token = headers.get(HUMAN)
    return Facts(
        account_id=who.user_api_key_user_id or who.user_api_key_team_id or who.user_api_key_hash,
        api_key_id=who.user_api_key_hash,
        end_user_id=who.user_api_key_end_user_id,
        plan=headers.get(PLAN),
        human_token=token if token in {"none", "valid", "invalid"} else None,  # type: ignore[arg-type]  # membership narrows no type
        call_id=question.litellm_call_id,
    )


def _reply(decision: Decision) -> Response:
    if not denied(decision):
        return Response(_PASS, media_type="application/json")
    wait = f" retry_after={decision.retry_after}" if decision.retry_after is not None else ""
    said = f"stillwatch {decision.enforced}{wait} decision={decision.decision_id}"
    body = msgspec.json.encode(LitellmAnswer("BLOCKED", said))
    return Response(body, media_type="application/json")
