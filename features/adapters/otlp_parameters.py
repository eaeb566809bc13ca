"""What a span says that the request asked for.

The conventions have no attribute for log-probabilities or logit bias. OpenInference writes the whole body's
parameters as JSON; anybody can add `stillwatch.logprobs` and the like.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from features.adapters.otlp_messages import numbered
from features.adapters.parameters import request_fields, tools_hash
from features.adapters.values import count, first, mapping, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

_BODY_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
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


def parameters(told: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a usage event, with None for what is not told."""
    body = mapping(told.get("llm.invocation_parameters"))
    body |= {key: value for key, names in _BODY_NAMES.items() if (value := first(told, *names)) is not None}
    if "response_format" not in body and told.get("gen_ai.output.type") == "json":
        body["response_format"] = "json"
    fields = request_fields(body)
    bias = count(told.get("stillwatch.logit_bias_size"))
    if bias is not None:
        fields["logit_bias_size"] = bias
    if fields["tool_count"] is None:
        fields |= _numbered_tools(told)
    return fields


def _numbered_tools(told: Mapping[str, Any]) -> dict[str, Any]:
    tools = [parsed(entry.get("tool.json_schema")) for entry in numbered(told, ("llm.tools.",))]
    given = count(told.get("stillwatch.tool_count"))
    own = first(told, "stillwatch.tools_hash")
    return {
        "tool_count": len(tools) or given,
        "tools_hash": tools_hash(tools) if tools else own if isinstance(own, str) else None,
    }
