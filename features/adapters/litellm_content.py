"""The text in a LiteLLM payload: prompts and answers in their several shapes, or redacted."""

from __future__ import annotations

from typing import Final

from features.adapters.litellm_payload import Choice, Prompt, Response
from features.contract import Message

REDACTED: Final = "redacted-by-litellm"
"""What LiteLLM writes in place of text when message logging is turned off: there is no content."""


def input_messages(prompt: Prompt) -> list[Message] | None:
    """The input as messages; None where there is none, only token ids, or all of it was redacted."""
    if prompt is None:
        return None
    items = prompt if isinstance(prompt, list) else [prompt]
    messages = [Message("user", item) if isinstance(item, str) else item for item in items]
    kept = [item for item in messages if isinstance(item, Message) and item.content != REDACTED]
    return kept or None


def answer(response: Response | str | None) -> str | None:
    """The generated text of the first choice; None where there is none or it was redacted."""
    text = response if isinstance(response, str) or response is None else _text(response)
    return None if text == REDACTED else text


def finish_reason(response: Response | str | None) -> str | None:
    """Why the first choice ended."""
    choice = _first(response) if isinstance(response, Response) else None
    return choice.finish_reason if choice is not None else None


def _first(response: Response) -> Choice | None:
    return response.choices[0] if response.choices else None


def _text(response: Response) -> str | None:
    choice = _first(response)
    if choice is None:
        return response.text
    content = choice.message.content if choice.message is not None else choice.text
    if isinstance(content, list):
        return "\n".join(part.text for part in content if part.text)
    return content
