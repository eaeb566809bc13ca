"""The usage event: what one line of a log may say, and nothing about what is made of it.

Only `event_id`, `time` and `account_id` are required; that they are there is checked by the adapter, which
can then name the missing field. Everything else may be absent or null, because no gateway logs everything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

MAX_TOKENS = 2**31 - 1

UtcTime = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=MAX_TOKENS)]
Millis = Annotated[float, Meta(ge=0, le=30 * 86_400_000.0)]
Identifier = Annotated[str, Meta(min_length=1, max_length=512)]


class ContentPart(msgspec.Struct, frozen=True, gc=False):
    """One part of a message in OpenAI's content-part form; parts that are not text count as empty."""

    type: str | None = None
    text: str | None = None


class Message(msgspec.Struct, frozen=True, gc=False):
    """One message of the request's input."""

    role: str | None = None
    content: str | list[ContentPart] | None = None


class UsageEvent(msgspec.Struct, frozen=True, gc=False):
    """One finished or refused request, or (with `kind`) a lifecycle record of an account or a model."""

    event_id: Identifier | None = None
    time: UtcTime | None = None
    account_id: Identifier | None = None
    kind: str | None = None
    org_id: str | None = None
    api_key_id: str | None = None
    end_user_id: str | None = None
    session_id: str | None = None
    call_id: str | None = None
    model: str | None = None
    provider: str | None = None
    operation: str | None = None
    status: Annotated[int, Meta(ge=0, le=999)] | None = None
    error_type: str | None = None
    finish_reason: str | None = None
    denied_by: str | None = None
    stream: bool | None = None
    latency_ms: Millis | None = None
    ttft_ms: Millis | None = None
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cached_input_tokens: Count | None = None
    reasoning_tokens: Count | None = None
    temperature: Annotated[float, Meta(ge=0, le=100)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    max_tokens: Count | None = None
    n: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    seed: int | None = None
    reasoning_effort: str | None = None
    response_format: Any = None
    tool_count: Count | None = None
    tools_hash: str | None = None
    logprobs: bool | None = None
    top_logprobs: Count | None = None
    logit_bias_size: Count | None = None
    client_ip: str | None = None
    client_asn: Annotated[int, Meta(ge=0, le=2**32 - 1)] | None = None
    client_country: str | None = None
    user_agent: str | None = None
    ja4: str | None = None
    device_id: str | None = None
    account_created: UtcTime | None = None
    plan: str | None = None
    payment_fingerprint: str | None = None
    signup_channel: str | None = None
    human_token: str | None = None
    messages: list[Message] | None = None
    response: str | None = None
    sketch: dict[str, Any] | None = None
