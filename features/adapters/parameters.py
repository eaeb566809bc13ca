"""What a request asked for, from the body that the client sent: OpenAI's four endpoints, and Anthropic's.

All of it is the client's own writing, so nothing here rejects.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from features.adapters.values import count, first, flag, mapping, name, number, parsed, text, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_ANSWERS: Final = 100_000
_HOTTEST: Final = 100.0


def request_fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a usage event, with None for what was not asked; none at all without a body."""
    if not body:
        return {}
    wants, top = _logprobs(body)
    tools = parsed(first(body, "tools", "functions"))
    tools = tools if isinstance(tools, list) else None
    bias = body.get("logit_bias")
    return {
        "temperature": number(body.get("temperature"), _HOTTEST),
        "top_p": number(body.get("top_p"), 1.0),
        "max_tokens": count(first(body, "max_completion_tokens", "max_tokens", "max_output_tokens")),
        "n": count(body.get("n"), _MOST_ANSWERS),
        "seed": whole(body.get("seed")),
        "reasoning_effort": text(
            first(body, "reasoning_effort") or mapping(body.get("reasoning")).get("effort")
        ),
        "response_format": first(body, "response_format") or mapping(body.get("text")).get("format"),
        "tool_count": None if tools is None else len(tools),
        "tools_hash": tools_hash(tools) if tools else None,
        "logprobs": wants,
        "top_logprobs": top,
        "logit_bias_size": len(mapping(bias)) if bias is not None else None,
        "stream": flag(body.get("stream")),
    }


def asker(body: Mapping[str, Any]) -> str | None:
    """The customer's own user, as the client named it."""
    return name(body.get("safety_identifier")) or name(body.get("user"))


def tools_hash(tools: list[Any]) -> str:
    """One text for one set of tool definitions, in whatever order they and their keys come."""
    definitions = sorted(msgspec.json.encode(tool, order="sorted") for tool in tools)
    return hashlib.blake2b(b"\n".join(definitions), digest_size=16).hexdigest()


def _logprobs(body: Mapping[str, Any]) -> tuple[bool | None, int | None]:
    """Whether they were asked for, and how many at each place.

    Chat asks with a boolean, the older completions with the number itself, responses by an include.
    """
    asked, top = body.get("logprobs"), count(body.get("top_logprobs"))
    listed = body.get("include")
    if isinstance(listed, list) and "message.output_text.logprobs" in listed:
        return True, top
    many = count(asked)
    if many is not None:
        return many > 0, top if top is not None else many or None
    return flag(asked), top
