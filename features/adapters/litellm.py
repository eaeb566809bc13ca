"""LiteLLM's `StandardLoggingPayload`, one a line, as its generic API logger writes it in `ndjson`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from features.adapters.accounts import DEFAULT_ACCOUNT_FROM, AccountField, find_account
from features.adapters.base import RecordError
from features.adapters.block import BlockDecoder, decode_tolerant
from features.adapters.facts import client_facts
from features.adapters.litellm_cleaning import cleaned
from features.adapters.litellm_content import answer, finish_reason, input_messages
from features.adapters.litellm_payload import Metadata, ModelParameters, Payload, TokenDetails, UsageObject
from features.adapters.mending import decode_lenient
from features.adapters.parameters import tools_hash
from features.adapters.reasons import missing
from features.contract import UsageEvent
from features.times import EARLIEST, LATEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from features.batch import Decoded

_NO_ACCOUNT: Final = "make the proxy ask for a virtual key, or choose another of its ids"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_MS: Final = 30 * 86_400_000.0
_HIGHEST_STATUS: Final = 999


@dataclass(frozen=True, slots=True)
class LiteLLMAdapter:
    """Reads LiteLLM payloads; `account_from` says which of their ids is the scored account."""

    blocks: BlockDecoder
    account_from: tuple[AccountField, ...] = DEFAULT_ACCOUNT_FROM
    decoder: msgspec.json.Decoder[Payload] = field(
        default_factory=lambda: msgspec.json.Decoder(Payload), repr=False
    )
    name: ClassVar[str] = "litellm"

    def decode(self, records: Sequence[bytes], latest: datetime = LATEST) -> Decoded:
        """Decode a block of records; an event that starts after `latest` is rejected."""
        return self.blocks.decode(records, self, latest)

    def read_all(self, records: Sequence[bytes]) -> list[UsageEvent]:
        """Read records that are all complete payloads."""
        decode = self.decoder.decode
        return [usage_event(decode(record), self.account_from) for record in records]

    def read(self, record: bytes) -> UsageEvent:
        """Read one payload."""
        try:
            payload = decode_tolerant(record, self.decoder)
        except (RecordError, msgspec.MsgspecError):
            payload = decode_lenient(record, self.decoder, cleaned)
        return usage_event(payload, self.account_from)


def usage_event(payload: Payload, account_from: tuple[AccountField, ...]) -> UsageEvent:
    """The canonical event that a payload describes; raises `RecordError` where a required part is missing."""
    metadata = payload.metadata or Metadata()
    parameters = payload.model_parameters or ModelParameters()
    return UsageEvent(
        **_identity(payload, metadata, account_from),
        **_timing(payload),
        **_outcome(payload, metadata.usage_object or UsageObject()),
        **_request(parameters),
        **client_facts(metadata.requester_custom_headers or {}),
        model=payload.model_group or payload.model,
        provider=payload.custom_llm_provider,
        operation=payload.call_type,
        stream=payload.stream if payload.stream is not None else parameters.stream,
        client_ip=payload.requester_ip_address or metadata.requester_ip_address,
        user_agent=payload.user_agent or metadata.user_agent,
        messages=input_messages(payload.messages),
        response=answer(payload.response),
    )


def _identity(payload: Payload, metadata: Metadata, account_from: tuple[AccountField, ...]) -> dict[str, Any]:
    user = payload.model_parameters.user if payload.model_parameters is not None else None
    end_user = payload.end_user or metadata.user_api_key_end_user_id
    ids: dict[AccountField, str | None] = {
        "user": metadata.user_api_key_user_id,
        "team": metadata.user_api_key_team_id,
        "key": metadata.user_api_key_hash,
        "org": metadata.user_api_key_org_id,
        # SDK mode leaves end_user empty
        "end_user": end_user or (user if isinstance(user, str) else None),
    }
    event_id = payload.id or payload.litellm_call_id
    if not event_id:
        raise missing("id")
    return {
        "event_id": event_id,
        "account_id": find_account(ids, account_from, _NO_ACCOUNT),
        "org_id": ids["org"] or ids["team"],
        "api_key_id": ids["key"],
        "end_user_id": ids["end_user"],
        "session_id": payload.session_id or payload.trace_id,
        "call_id": payload.litellm_call_id,
    }


def _timing(payload: Payload) -> dict[str, Any]:
    start = payload.startTime
    if start is None:
        raise missing("startTime")
    if not EARLIEST.timestamp() <= start < LATEST.timestamp():
        raise RecordError(
            "bad_time",
            "startTime: before 2000 or after 2199 in seconds since the epoch; write seconds, not ms",
        )
    latency = _millis(start, payload.endTime)
    if latency is None and payload.response_time is not None:
        latency = _millis(0.0, payload.response_time)
    return {
        "time": _EPOCH + timedelta(milliseconds=round(start * 1000)),
        "latency_ms": latency,
        "ttft_ms": _millis(start, payload.completionStartTime),
    }


def _millis(start: float, end: float | None) -> float | None:
    # clocks may be set back within a request: no duration is better than a wrong one
    if end is None or not 0 <= (end - start) * 1000 <= _LONGEST_MS:
        return None
    return (end - start) * 1000


def _outcome(payload: Payload, usage: UsageObject) -> dict[str, Any]:
    error = payload.error_information
    return {
        "status": _status(payload),
        "error_type": error.error_class if error is not None else None,
        "finish_reason": finish_reason(payload.response),
        "input_tokens": payload.prompt_tokens,
        "output_tokens": payload.completion_tokens,
        "cached_input_tokens": (usage.prompt_tokens_details or TokenDetails()).cached_tokens,
        "reasoning_tokens": (usage.completion_tokens_details or TokenDetails()).reasoning_tokens,
    }


def _status(payload: Payload) -> int | None:
    if payload.status == "success":
        return 200
    code = payload.error_information.error_code if payload.error_information is not None else None
    text = str(code)
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(_HIGHEST_STATUS)):
        return None
    return int(text)


def _request(asked: ModelParameters) -> dict[str, Any]:
    limits = (asked.max_completion_tokens, asked.max_tokens, asked.max_output_tokens)
    return {
        "temperature": asked.temperature,
        "top_p": asked.top_p,
        "max_tokens": next((limit for limit in limits if limit is not None), None),
        "n": asked.n,
        "seed": asked.seed,
        "reasoning_effort": asked.reasoning_effort if isinstance(asked.reasoning_effort, str) else None,
        "response_format": asked.response_format,
        "tool_count": len(asked.tools) if asked.tools is not None else None,
        "tools_hash": tools_hash(asked.tools) if asked.tools else None,
        "logprobs": bool(asked.logprobs) if asked.logprobs is not None else None,
        "top_logprobs": asked.top_logprobs,
        "logit_bias_size": len(asked.logit_bias) if asked.logit_bias is not None else None,
    }
