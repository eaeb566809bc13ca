"""Facts about the client and the account that LiteLLM has no field for, from the request's `x-` headers.

The gateway in front of LiteLLM sets them. A client might too, where the gateway does not strip them, so a
value that makes no sense is no value, and never a reason to reject the event.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from features.contract import MAX_TOKENS

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS: Final = (
    ("client_country", "x-client-country"),
    ("ja4", "x-ja4"),
    ("device_id", "x-device-id"),
    ("plan", "x-plan"),
    ("payment_fingerprint", "x-payment-fingerprint"),
    ("signup_channel", "x-signup-channel"),
    ("human_token", "x-human-token"),
)


def client_facts(headers: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a usage event that the headers give."""
    facts: dict[str, Any] = {name: _text(headers, header) for name, header in _TEXTS}
    facts["client_asn"] = _number(_text(headers, "x-client-asn"))
    facts["account_created"] = _time(_text(headers, "x-account-created"))
    return facts


def _text(headers: Mapping[str, Any], header: str) -> str | None:
    value = headers.get(header)
    return value if isinstance(value, str) and value else None


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > len(str(MAX_TOKENS)):
        return None
    return int(text) if int(text) <= MAX_TOKENS else None


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
