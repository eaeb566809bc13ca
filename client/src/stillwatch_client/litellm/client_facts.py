"""Facts about client and account that LiteLLM has no field for, from `x-` headers that the edge sets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from stillwatch_client.litellm.values import text

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS: Final = {
    "client_country": "x-client-country",
    "ja4": "x-ja4",
    "device_id": "x-device-id",
    "plan": "x-plan",
    "payment_fingerprint": "x-payment-fingerprint",
    "signup_channel": "x-signup-channel",
    "human_token": "x-human-token",
}
_HIGHEST_ASN: Final = 2**32 - 1
_LONGEST_ASN: Final = 10


def client_facts(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a usage event; a value that makes no sense is no value."""
    facts: dict[str, Any] = {name: text(headers.get(header)) for name, header in _TEXTS.items()}
    facts["client_asn"] = _asn(text(headers.get("x-client-asn")))
    facts["account_created"] = _time(text(headers.get("x-account-created")))
    return facts


def _asn(written: str | None) -> int | None:
    if written is None or not (written.isascii() and written.isdigit()) or len(written) > _LONGEST_ASN:
        return None
    return int(written) if int(written) <= _HIGHEST_ASN else None


def _time(written: str | None) -> str | None:
    if written is None:
        return None
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        return None
    return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).isoformat()
