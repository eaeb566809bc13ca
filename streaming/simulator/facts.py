"""What a gateway knows about a request besides its text, as fragments of its JSON line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec


@dataclass(frozen=True, slots=True)
class Params:
    """Sampling parameters as asked."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    n: int | None = None
    seed: int | None = None
    stream: bool | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    logit_bias_size: int | None = None
    reasoning_effort: str | None = None
    response_format: str | None = None
    tool_count: int | None = None
    tools_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where requests come from."""

    client_ip: str
    client_asn: int
    client_country: str


@dataclass(frozen=True, slots=True)
class Client:
    """What sends them."""

    user_agent: str
    ja4: str | None = None
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Who pays for them."""

    account_id: str
    org_id: str | None = None
    api_key_id: str | None = None
    account_created: str | None = None
    plan: str | None = None
    payment_fingerprint: str | None = None
    signup_channel: str | None = None
    human_token: str | None = None


@dataclass(frozen=True, slots=True)
class LogSource:
    """One gateway's logging: which fields it has no value for, and whether it says so."""

    lost: frozenset[str] = frozenset()
    says_null: bool = True

    def fragment(self, facts: Params | Place | Client | Facts) -> str:
        """`,"name":value` of each field, as this gateway logs it."""
        parts = []
        for name in facts.__slots__:
            value = None if name in self.lost else getattr(facts, name)
            if value is not None or self.says_null:
                parts.append(f',"{name}":{_json(value)}')
        return "".join(parts)

    def logs(self, name: str) -> bool:
        """Whether lines carry the field."""
        return name not in self.lost


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


LOST: Final = (
    ("org_id", 0.2),
    ("api_key_id", 0.2),
    ("session_id", 0.25),
    ("end_user_id", 0.3),
    ("client_asn", 0.35),
    ("client_country", 0.3),
    ("client_ip", 0.1),
    ("user_agent", 0.1),
    ("ja4", 0.4),
    ("device_id", 0.5),
    ("account_created", 0.25),
    ("plan", 0.25),
    ("payment_fingerprint", 0.4),
    ("signup_channel", 0.4),
    ("human_token", 0.6),
    ("ttft_ms", 0.2),
    ("cached_input_tokens", 0.3),
    ("reasoning_tokens", 0.3),
    ("seed", 0.2),
    ("tools_hash", 0.3),
)
"""How often a gateway has no value for a field."""
