"""The subject of a request, and the decision on it, as HTTP headers."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal, cast

from detector.hook.decision import DENIALS, STATUS, Facts
from detector.hook.problems import problem_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

    from detector.hook.decision import Decision

ACCOUNT: Final = "x-stillwatch-account"
API_KEY: Final = "x-stillwatch-api-key-id"
END_USER: Final = "x-stillwatch-end-user"
PLAN: Final = "x-stillwatch-plan"
HUMAN: Final = "x-stillwatch-human-token"
CALL: Final = "x-request-id"

_TOKENS: Final = frozenset(("none", "valid", "invalid"))
_TITLES: Final = {
    "throttle": "Too many requests",
    "challenge": "Proof of a human user required",
    "block": "Refused",
}
_DETAILS: Final = {
    "throttle": "this account is limited for now; wait as long as Retry-After says",
    "challenge": "this account must step up; answer the challenge in WWW-Authenticate and ask again",
    "block": "this account is refused; write to the API's operator and name the decision id",
}


def headers_in(request: Request) -> dict[str, str]:
    """Of a request, by name in lower case; of a repeated one the last.

    Starlette's own goes through all of them at each question.
    """
    return {name.decode("latin-1"): text_of(value) for name, value in request.scope["headers"]}


def text_of(value: bytes) -> str:
    """A header's value: UTF-8, as logs have the ids in it, or Latin-1 where it is none (RFC 9110, 5.5)."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def facts_in(headers: Mapping[str, str]) -> Facts:
    """Who asks. Without a subject, the SHA-256 of the bearer token is the key's id, as LiteLLM has it.

    The gateway must overwrite these headers, or clients would say who they are.
    """
    get = headers.get
    account, key, user = get(ACCOUNT), get(API_KEY), get(END_USER)
    if not (account or key or user):
        key = _hashed(get("authorization", ""))
    token = get(HUMAN)
    known = cast("Literal['none', 'valid', 'invalid'] | None", token if token in _TOKENS else None)
    return Facts(account or None, key or None, user or None, get(PLAN), known, get(CALL))


def headers_of(decision: Decision, challenge: str) -> dict[str, str]:
    """What a gateway or a client may want to know; `challenge` is for `WWW-Authenticate`."""
    told = {"x-stillwatch-decision": decision.decision_id, "x-stillwatch-action": decision.enforced}
    if decision.bypass is not None:
        told["x-stillwatch-bypass"] = decision.bypass
    elif decision.action != "allow":
        if decision.shadow:
            told["x-stillwatch-would"] = decision.action
        if not denied(decision):
            # A denial reaches the client, who need not know which rule it is.
            told["x-stillwatch-reason"] = decision.reason
    if decision.human_token is not None:
        told[HUMAN] = decision.human_token
    if decision.enforced == "throttle":
        told["retry-after"] = str(decision.retry_after)
    elif decision.enforced == "challenge":
        # One field (RFC 9110, 11.6.1): some gateways hand on no more of a name.
        told["www-authenticate"] = ", ".join((*decision.challenges, challenge))
    elif decision.enforced == "degrade" and decision.degrade is not None:
        told["x-stillwatch-strip"] = ",".join(decision.degrade.strip)
        if decision.degrade.clamp_n is not None:
            told["x-stillwatch-clamp-n"] = str(decision.degrade.clamp_n)
    return told


def denial(decision: Decision) -> bytes:
    """The body of a denial for the client (RFC 9457); it says nothing of verdicts."""
    action = decision.enforced
    more = {"decision_id": decision.decision_id}
    if action == "throttle":
        return problem_body(
            429, "throttle", _TITLES[action], _DETAILS[action], **more, retry_after=decision.retry_after
        )
    return problem_body(STATUS[action], action, _TITLES[action], _DETAILS[action], **more)


def denied(decision: Decision) -> bool:
    """Whether the request is not to be served."""
    return decision.enforced in DENIALS


def _hashed(authorization: str) -> str | None:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or token.startswith("swk_"):
        return None
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
