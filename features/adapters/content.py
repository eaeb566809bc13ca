"""The text of a request and of its answer, in the shapes that APIs and tracing tools write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from features.adapters.values import first, parsed, text
from features.contract import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_OUTPUT_ITEMS: Final = frozenset({"function_call_output", "custom_tool_call_output", "computer_call_output"})
_NO_TEXT: Final = frozenset({"function_call", "custom_tool_call", "reasoning", "item_reference"})
"""Items of OpenAI's responses endpoint that are no words of anybody."""


def input_of(body: Mapping[str, Any]) -> list[Message] | None:
    """The input of a request body, instructions first; None where there is none, or only token ids."""
    before = first(body, "instructions", "system")
    found = list(messages_in(before, "system"))
    found += messages_in(first(body, "messages", "input", "prompt"))
    return found or None


def messages_in(value: Any, role: str = "user") -> Iterator[Message]:
    """The messages in a text, an object, a list of either, or JSON text of one; `role` if they name none."""
    value = parsed(value)
    if isinstance(value, str):
        yield Message(role, value)
    elif isinstance(value, dict):
        yield from _message(value, role)
    elif isinstance(value, list):
        if value and _is_content(value):
            yield Message(role, joined(value))
            return
        for item in value:
            if isinstance(item, str):
                yield Message(role, item)
            elif isinstance(item, dict):
                yield from _message(item, role)


def joined(content: Any) -> str:
    """The text of content, in parts or not, one line a part; "" where there is none."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return ""
    return "\n".join(found for part in content if (found := _part(part)))


def _message(item: Mapping[str, Any], default: str) -> Iterator[Message]:
    kind = text(item.get("type"))
    if kind in _OUTPUT_ITEMS:
        yield Message("tool", joined(item.get("output")))
    elif kind not in _NO_TEXT and ("role" in item or "content" in item or "parts" in item):
        role = item.get("role")
        yield Message(role if isinstance(role, str) and role else default, joined(_content(item)))


def _content(item: Mapping[str, Any]) -> Any:
    content = item.get("content")
    return item.get("parts") if content is None else content


def _part(part: Any) -> str:
    """OpenAI's and Anthropic's parts have `text`; OTel's have `content`; results of tools nest."""
    if not isinstance(part, dict):
        return part if isinstance(part, str) else ""
    for field in ("text", "content", "response", "result"):
        value = part.get(field)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return joined(value)
    return ""


def _is_content(items: Iterable[Any]) -> bool:
    """Parts of one message, rather than messages: each has a type, and none a role."""
    return all(
        isinstance(item, dict) and "role" not in item and isinstance(item.get("type"), str) and "text" in item
        for item in items
    )
