"""How a denial looks to the client of a LiteLLM proxy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from fastapi import HTTPException

from stillwatch_client.decision import UNAVAILABLE

if TYPE_CHECKING:
    from stillwatch_client.decision import Decision

ABOUT: Final = "urn:stillwatch:problem:"
"""what `type` of a problem begins with (RFC 9457)"""
DEFAULT_RETRY: Final = 60.0
"""seconds"""

_STATUS: Final = {"throttle": 429, "challenge": 401, "block": 403}
_TITLE: Final = {
    "throttle": "Too many requests",
    "challenge": "Proof of a human user required",
    "block": "Refused",
    UNAVAILABLE: "Not now",
}
_DETAIL: Final = {
    "throttle": "this account is limited for now; wait as long as Retry-After says",
    "challenge": "this account must step up; answer the challenge in WWW-Authenticate and ask again",
    "block": "this account is refused; write to the API's operator and name the decision id",
    UNAVAILABLE: "requests cannot be checked for the moment; wait as long as Retry-After says",
}
_UNAVAILABLE_STATUS: Final = 503


class StillwatchDenial(HTTPException):
    """A request that the guard refused. LiteLLM logs the name of the class, by which events are told."""


def denial(decision: Decision, challenge: str = "") -> StillwatchDenial:
    """The error to raise for a decision that denies; `challenge` is a challenge's `WWW-Authenticate`."""
    unavailable = decision.reason == UNAVAILABLE
    name = UNAVAILABLE if unavailable else decision.enforced
    status = _UNAVAILABLE_STATUS if unavailable else _STATUS[decision.enforced]
    headers = {"x-stillwatch-decision": decision.decision_id, "x-stillwatch-action": decision.enforced}
    told = {
        "type": f"{ABOUT}{name}",
        "title": _TITLE[name],
        "status": status,
        "detail": _DETAIL[name],
        "decision_id": decision.decision_id,
        # The message that LiteLLM shows.
        "error": f"{_DETAIL[name]} ({decision.decision_id})",
    }
    if unavailable or decision.enforced == "throttle":
        seconds = math.ceil(decision.retry_after or DEFAULT_RETRY)
        headers["retry-after"] = str(seconds)
        told["retry_after"] = seconds
    if decision.enforced == "challenge":
        headers["www-authenticate"] = challenge
    return StillwatchDenial(status_code=status, detail=told, headers=headers)
