"""What LiteLLM's `StandardLoggingPayload` says (as of 1.109), in the fields that an event is made of.

Fields that a client can fill freely are typed loosely here: a strange header must not be a way to have
one's own requests dead-lettered. Everything the gateway itself measures is typed strictly.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from features.contract import Count, Message

EpochSeconds = Annotated[float, Meta(ge=0)]
Name = Annotated[str, Meta(max_length=512)]
Prompt = list[Message | str | int | list[int]] | Message | str | None


class TokenDetails(msgspec.Struct, frozen=True, gc=False):
    """`prompt_tokens_details` and `completion_tokens_details`, in what is used of both."""

    cached_tokens: Count | None = None
    reasoning_tokens: Count | None = None


class UsageObject(msgspec.Struct, frozen=True, gc=False):
    """`metadata.usage_object`."""

    prompt_tokens_details: TokenDetails | None = None
    completion_tokens_details: TokenDetails | None = None


class Metadata(msgspec.Struct, frozen=True, gc=False):
    """`metadata`: who asked, by the gateway's own keys."""

    user_api_key_hash: Name | None = None
    user_api_key_user_id: Name | None = None
    user_api_key_team_id: Name | None = None
    user_api_key_org_id: Name | None = None
    user_api_key_end_user_id: str | None = None
    requester_ip_address: str | None = None
    user_agent: str | None = None
    requester_custom_headers: dict[str, Any] | None = None
    usage_object: UsageObject | None = None


class Choice(msgspec.Struct, frozen=True, gc=False):
    """One answer: of a chat (`message`) or of a completion (`text`)."""

    message: Message | None = None
    text: str | None = None
    finish_reason: str | None = None


class Response(msgspec.Struct, frozen=True, gc=False):
    """`response`, where it is an object."""

    choices: list[Choice] | None = None
    text: str | None = None


class ErrorInformation(msgspec.Struct, frozen=True, gc=False):
    """`error_information` of a request that failed."""

    error_code: str | int | None = None
    error_class: str | None = None


class ModelParameters(msgspec.Struct, frozen=True, gc=False):
    """`model_parameters`: the request's parameters, after LiteLLM filtered them for the provider."""

    temperature: Annotated[float, Meta(ge=0, le=100)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    max_completion_tokens: Count | None = None
    max_tokens: Count | None = None
    max_output_tokens: Count | None = None
    n: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    seed: Any = None
    reasoning_effort: Any = None
    response_format: Any = None
    tools: list[Any] | None = None
    logprobs: bool | int | None = None
    top_logprobs: Count | None = None
    logit_bias: dict[str, Any] | None = None
    stream: bool | None = None
    user: Any = None


class Payload(msgspec.Struct, frozen=True, gc=False):
    """One `StandardLoggingPayload`."""

    id: Name | None = None
    litellm_call_id: Name | None = None
    trace_id: str | None = None
    session_id: str | None = None
    call_type: str | None = None
    stream: bool | None = None
    status: str | None = None
    custom_llm_provider: str | None = None
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    startTime: EpochSeconds | None = None  # noqa: N815 - LiteLLM's name
    endTime: EpochSeconds | None = None  # noqa: N815 - as above
    completionStartTime: EpochSeconds | None = None  # noqa: N815 - as above
    response_time: float | None = None
    model: str | None = None
    model_group: str | None = None
    end_user: str | None = None
    requester_ip_address: str | None = None
    user_agent: str | None = None
    metadata: Metadata | None = None
    model_parameters: ModelParameters | None = None
    error_information: ErrorInformation | None = None
    messages: Prompt = None
    response: Response | str | None = None
