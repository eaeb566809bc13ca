"""What attributes of a span are called by whom, the name that counts first in front.

`gen_ai.*` are the semantic conventions and their older spellings, `llm.*` OpenInference and OpenLLMetry,
`litellm.*` and `metadata.*` LiteLLM since 1.10x and before, `stillwatch.*` ours.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_LITELLM: Final = ("litellm.metadata.user_api_key_", "metadata.user_api_key_")
_TRACELOOP: Final = "traceloop.association.properties."


def _of_key(suffix: str) -> tuple[str, ...]:
    return tuple(prefix + suffix for prefix in _LITELLM)


_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "user": (
            "stillwatch.account_id",
            "user.id",
            "enduser.id",
            *_of_key("user_id"),
            _TRACELOOP + "user_id",
        ),
        "team": ("litellm.team.id", *_of_key("team_id")),
        "key": ("stillwatch.api_key_id", "litellm.api_key.hash", *_of_key("hash")),
        "org": ("stillwatch.org_id", "tenant.id", *_of_key("org_id")),
        "end_user": ("stillwatch.end_user_id", "litellm.end_user.id", "llm.user"),
        "session": (
            "stillwatch.session_id",
            "gen_ai.conversation.id",
            "session.id",
            _TRACELOOP + "session_id",
        ),
        "call": ("stillwatch.call_id", "litellm.call_id"),
        "address": ("stillwatch.client_ip", "client.address", "http.client_ip", "net.peer.ip"),
        "agent": ("stillwatch.user_agent", "user_agent.original", "http.user_agent"),
        "model": ("gen_ai.request.model", "llm.model_name", "gen_ai.response.model"),
        "provider": ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"),
        "operation": ("gen_ai.operation.name", "litellm.call_type", "llm.request.type"),
        "status": ("http.response.status_code", "http.status_code", "litellm.provider.error.code"),
        "ttft": ("gen_ai.response.time_to_first_chunk",),
        "input": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
        "output": (
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.completion_tokens",
            "llm.token_count.completion",
        ),
        "cached": (
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "llm.token_count.prompt_details.cache_read",
        ),
        "reasoning": (
            "gen_ai.usage.reasoning.output_tokens",
            "llm.token_count.completion_details.reasoning",
        ),
    }
)
_BODY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "temperature": ("stillwatch.temperature", "gen_ai.request.temperature"),
        "top_p": ("stillwatch.top_p", "gen_ai.request.top_p"),
        "max_tokens": ("stillwatch.max_tokens", "gen_ai.request.max_tokens"),
        "n": ("stillwatch.n", "gen_ai.request.choice.count"),
        "seed": ("stillwatch.seed", "gen_ai.request.seed", "gen_ai.openai.request.seed"),
        "reasoning_effort": ("stillwatch.reasoning_effort", "gen_ai.request.reasoning.level"),
        "response_format": ("stillwatch.response_format", "gen_ai.openai.request.response_format"),
        "logprobs": ("stillwatch.logprobs",),
        "top_logprobs": ("stillwatch.top_logprobs",),
        "stream": (
            "stillwatch.stream",
            "gen_ai.request.stream",
            "litellm.request.streaming",
            "gen_ai.is_streaming",
            "llm.is_streaming",
        ),
        "tools": ("gen_ai.tool.definitions",),
    }
)
_PLACES: Final[Mapping[str, tuple[bool, str, int]]] = MappingProxyType(
    {
        called: (table is _BODY, meaning, rank)
        for table in (_NAMES, _BODY)
        for meaning, names in table.items()
        for rank, called in enumerate(names)
    }
)
"""for an attribute: whether it is a parameter of the request, what it means, and how many names go before"""


def by_meaning(told: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Attributes by what they mean, and the request's parameters under the names that its body has."""
    found: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    ranks: dict[tuple[bool, str], int] = {}
    for called, value in told.items():
        place = _PLACES.get(called)
        if place is None or value is None or value == "":
            continue
        body, meaning, rank = place
        if rank < ranks.get((body, meaning), len(told)):
            ranks[body, meaning] = rank
            found[body][meaning] = value
    return found
