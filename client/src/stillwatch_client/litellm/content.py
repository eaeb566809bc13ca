"""Text of requests and answers, in the shapes of the four kinds of API that LiteLLM speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stillwatch_client.litellm.values import mapping, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REDACTED: Final = "redacted-by-litellm"
"""what LiteLLM writes in place of text where message logging is turned off"""


def messages_of(prompt: Any) -> list[dict[str, Any]] | None:
    """Roles and texts, without images and tool calls; None where there is no text or it was redacted."""
    items = prompt if isinstance(prompt, list) else [prompt]
    kept = [message for item in items if (message := _message(item)) is not None]
    return kept or None


def answer_of(response: Any) -> str | None:
    """The text of the first choice."""
    found = response if isinstance(response, str) else "\n".join(_texts(mapping(response)))
    return found if found and found != REDACTED else None


def finish_reason_of(response: Any) -> str | None:
    """Why the first choice ended."""
    choices = sequence(mapping(response).get("choices"))
    return text(mapping(choices[0]).get("finish_reason")) if choices else None


def _message(item: Any) -> dict[str, Any] | None:
    if isinstance(item, str):
        item = {"role": "user", "content": item}
    content = _content(mapping(item).get("content"))
    if not content or content == REDACTED:
        return None
    return {"role": text(item.get("role")), "content": content}


def _content(content: Any) -> str | list[dict[str, Any]] | None:
    if not isinstance(content, list):
        return text(content)
    parts = [(text(mapping(part).get("type")), text(mapping(part).get("text"))) for part in content]
    return [{"type": kind} if words is None else {"type": kind, "text": words} for kind, words in parts]


def _texts(response: Mapping[str, Any]) -> Iterator[str]:
    choices = sequence(response.get("choices"))
    if choices:
        first = mapping(choices[0])
        yield from _plain(mapping(first.get("message")).get("content") or first.get("text"))
        return
    for item in sequence(response.get("output")):
        yield from _plain(mapping(item).get("content"))
    yield from _plain(response.get("content") or response.get("text"))


def _plain(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    for part in sequence(content):
        words = text(mapping(part).get("text"))
        if words is not None:
            yield words
