"""What came back: the text, why it ended and what it cost, from the body of an answer.

Shapes: OpenAI's chat, completions and responses, Anthropic's messages, and a message alone.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from features.adapters.content import joined
from features.adapters.values import count, first, mapping, name, parsed, text

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENDS: Final = MappingProxyType({"max_output_tokens": "length", "completed": "stop"})
"""Words of OpenAI's responses endpoint for what the others call otherwise."""


def answer_fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """Text, finish reason, error and tokens of a usage event, with None for what is not told."""
    error = mapping(body.get("error"))
    return {
        "response": answer_text(body),
        "finish_reason": finish_reason(body),
        "error_type": name(first(error, "code", "type")),
        **token_counts(mapping(body.get("usage"))),
    }


def answer_text(value: Any) -> str | None:
    """The text of the first answer, from a body, a message, a list of messages, or JSON text of one."""
    value = parsed(value)
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return value if isinstance(value, str) else None
    choice = _choice(value)
    if choice is not None:
        message = choice.get("message")
        return _text(message if isinstance(message, dict) else choice)
    if isinstance(value.get("output"), list):
        return _output(value["output"])
    return _text(value)


def finish_reason(body: Mapping[str, Any]) -> str | None:
    """Why the first answer ended, in the API's word."""
    choice = _choice(body)
    if choice is not None:
        return text(choice.get("finish_reason"))
    incomplete = mapping(body.get("incomplete_details")).get("reason")
    found = text(incomplete) or text(first(body, "finish_reason", "stop_reason"))
    if found is None and isinstance(body.get("output"), list):
        found = text(body.get("status"))
    return _ENDS.get(found, found) if found is not None else None


def token_counts(usage: Mapping[str, Any]) -> dict[str, int | None]:
    """Tokens, from a `usage` object of any of the APIs."""
    prompt = mapping(first(usage, "prompt_tokens_details", "input_tokens_details"))
    completion = mapping(first(usage, "completion_tokens_details", "output_tokens_details"))
    cached = prompt.get("cached_tokens")
    return {
        "input_tokens": count(first(usage, "prompt_tokens", "input_tokens")),
        "output_tokens": count(first(usage, "completion_tokens", "output_tokens")),
        "cached_input_tokens": count(usage.get("cache_read_input_tokens") if cached is None else cached),
        "reasoning_tokens": count(completion.get("reasoning_tokens")),
    }


def _choice(body: Mapping[str, Any]) -> dict[str, Any] | None:
    choices = body.get("choices")
    found = choices[0] if isinstance(choices, list) and choices else None
    return found if isinstance(found, dict) else None


def _text(message: Mapping[str, Any]) -> str | None:
    content = first(message, "content", "text", "parts", "output_text")
    if content is None and message.get("content") == "":
        return ""
    return joined(content) if isinstance(content, str | list) else None


def _output(items: list[Any]) -> str | None:
    said = [
        joined(item.get("content"))
        for item in items
        if isinstance(item, dict) and item.get("type") == "message"
    ]
    return "\n".join(said) if said else None
