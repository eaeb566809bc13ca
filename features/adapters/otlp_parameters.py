"""What a span says that the request asked for.

The conventions have no attribute for log-probabilities or logit bias. OpenInference writes the whole body's
parameters as JSON; anybody can add `stillwatch.logprobs` and the like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from features.adapters.otlp_messages import numbered
from features.adapters.parameters import request_fields, tools_hash
from features.adapters.values import count, mapping, parsed, text

if TYPE_CHECKING:
    from collections.abc import Mapping


def parameters(told: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a usage event, from all attributes and from those `named` as a body names them."""
    body = {**mapping(told.get("llm.invocation_parameters")), **named}
    if "response_format" not in body and told.get("gen_ai.output.type") == "json":
        body["response_format"] = "json"
    fields = request_fields(body)
    bias = count(told.get("stillwatch.logit_bias_size"))
    if bias is not None:
        fields["logit_bias_size"] = bias
    if fields.get("tool_count") is None:
        fields |= _numbered_tools(told)
    return fields


def _numbered_tools(told: Mapping[str, Any]) -> dict[str, Any]:
    tools = [parsed(entry.get("tool.json_schema")) for entry in numbered(told, ("llm.tools.",))]
    return {
        "tool_count": len(tools) or count(told.get("stillwatch.tool_count")),
        "tools_hash": tools_hash(tools) if tools else text(told.get("stillwatch.tools_hash")),
    }
