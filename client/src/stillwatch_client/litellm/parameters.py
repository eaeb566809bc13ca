"""Parameters of a request as the client asked for them.

LiteLLM logs `model_parameters` as they were passed on, so without those that the provider does not know; the
attempt to use them shows only in the body.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from stillwatch_client.litellm.values import MOST, count, flag, mapping, number, text

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIMITS: Final = ("max_completion_tokens", "max_tokens", "max_output_tokens")
_LARGEST: Final = 2**63 - 1


def parameters_of(body: Mapping[str, Any], passed_on: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a usage event, from a request's body or, where that says nothing, what was passed on."""
    # LiteLLM lets what is nested in `extra_body` go before what stands beside it.
    said = {**body, **mapping(body.get("extra_body"))}
    asked = {**passed_on, **{name: value for name, value in said.items() if value is not None}}
    limits = (count(asked.get(name)) for name in _LIMITS)
    return {
        "temperature": number(asked.get("temperature"), 100),
        "top_p": number(asked.get("top_p"), 1),
        "max_tokens": next((limit for limit in limits if limit is not None), None),
        "n": count(asked.get("n"), 100_000),
        "seed": _seed(asked.get("seed")),
        "reasoning_effort": text(asked.get("reasoning_effort")),
        "response_format": _format(asked.get("response_format")),
        "stream": flag(asked.get("stream")),
        **_tools(asked.get("tools")),
        **_probabilities(asked),
    }


def _probabilities(asked: Mapping[str, Any]) -> dict[str, Any]:
    logprobs, bias = asked.get("logprobs"), asked.get("logit_bias")
    return {
        # Completions ask for a number of them.
        "logprobs": bool(logprobs) if isinstance(logprobs, bool | int) else None,
        "top_logprobs": count(asked.get("top_logprobs")),
        "logit_bias_size": len(bias) if isinstance(bias, dict) else None,
    }


def _tools(tools: Any) -> dict[str, Any]:
    if not isinstance(tools, list):
        return {}
    return {"tool_count": min(len(tools), MOST), "tools_hash": _tools_hash(tools) if tools else None}


def _tools_hash(tools: list[Any]) -> str:
    """One text for one set of tool definitions, in whatever order they and their keys come."""
    definitions = sorted(_canonical(tool) for tool in tools)
    return hashlib.blake2b(b"\n".join(definitions), digest_size=16).hexdigest()


def _canonical(tool: Any) -> bytes:
    return json.dumps(tool, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _seed(value: Any) -> int | None:
    return value if type(value) is int and abs(value) <= _LARGEST else None


def _format(value: Any) -> Any:
    """Its name, and no schema: that may be anything, and of any length."""
    return text(value) or text(mapping(value).get("type"))
