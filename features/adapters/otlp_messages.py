"""Prompts and answers in the attributes of a span: four conventions, each flattened in its own way.

OpenTelemetry's own since 1.37 (`gen_ai.input.messages`), its earlier span events, OpenLLMetry's numbered
`gen_ai.prompt.0.content`, and OpenInference's numbered `llm.input_messages.0.message.content`.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from features.adapters.answers import answer_text
from features.adapters.content import joined, messages_in
from features.adapters.values import first, mapping, parsed, text
from features.contract import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_INPUTS: Final = ("llm.input_messages.", "gen_ai.prompt.", "llm.prompts.")
_OUTPUTS: Final = ("llm.output_messages.", "gen_ai.completion.", "llm.choices.")
_EVENT_ROLES: Final = MappingProxyType(
    {
        "gen_ai.system.message": "system",
        "gen_ai.user.message": "user",
        "gen_ai.assistant.message": "assistant",
        "gen_ai.tool.message": "tool",
    }
)
_LONGEST_INDEX: Final = 6

Events = list[tuple[str, dict[str, Any]]]
"""Names and attributes of the events of a span, in their order."""


def input_messages(attributes: Mapping[str, Any], events: Events) -> list[Message] | None:
    """The request's input; None where the span carries none."""
    said = list(messages_in(attributes.get("gen_ai.system_instructions"), "system"))
    whole = first(attributes, "gen_ai.input.messages", "gen_ai.prompt", "gen_ai.content.prompt")
    if whole is not None:
        said += messages_in(whole)
        return said or None
    said += chain.from_iterable(map(_numbered_messages, numbered(attributes, _INPUTS)))
    if not said:
        said += chain.from_iterable(_of_event(name, fields) for name, fields in events)
    if not said:
        said += messages_in(_documented(attributes.get("input.value")))
    return said or None


def output_text(attributes: Mapping[str, Any], events: Events) -> str | None:
    """The text of the first answer; None where the span carries none."""
    whole = first(attributes, "gen_ai.output.messages", "gen_ai.completion", "gen_ai.content.completion")
    if whole is not None:
        return answer_text(whole)
    for entry in numbered(attributes, _OUTPUTS):
        return _numbered_text(entry)
    for name, fields in events:
        if name == "gen_ai.choice":
            message = mapping(fields.get("message"))
            return answer_text(message or text(fields.get("message")) or fields.get("content"))
        if name == "gen_ai.content.completion":
            return answer_text(fields.get("gen_ai.completion"))
    return answer_text(attributes.get("output.value"))


def finish_reason(attributes: Mapping[str, Any], events: Events) -> str | None:
    """Why the first answer ended."""
    reasons = parsed(attributes.get("gen_ai.response.finish_reasons"))
    if isinstance(reasons, list):
        reasons = next(iter(reasons), None)
    found = text(reasons) or text(attributes.get("gen_ai.completion.0.finish_reason"))
    if found is None:
        answers = parsed(attributes.get("gen_ai.output.messages"))
        answer = answers[0] if isinstance(answers, list) and answers else None
        found = text(mapping(answer).get("finish_reason"))
    if found is None:
        chosen = (text(fields.get("finish_reason")) for name, fields in events if name == "gen_ai.choice")
        found = next(chosen, None)
    return found


def numbered(attributes: Mapping[str, Any], prefixes: Iterable[str]) -> list[dict[str, Any]]:
    """Entries written as `prefix<number>.<field>`, in order of their numbers, for the first prefix used."""
    for prefix in prefixes:
        entries: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        for key, value in attributes.items():
            if key.startswith(prefix):
                index, _, field = key[len(prefix) :].partition(".")
                if index.isascii() and index.isdigit() and len(index) <= _LONGEST_INDEX:
                    entries[int(index)][field] = value
        if entries:
            return [entries[index] for index in sorted(entries)]
    return []


def _numbered_messages(entry: Mapping[str, Any]) -> Iterator[Message]:
    role = text(first(entry, "message.role", "role")) or "user"
    said = _numbered_text(entry)
    if said is not None:
        yield Message(role, said)


def _numbered_text(entry: Mapping[str, Any]) -> str | None:
    content = first(entry, "message.content", "content", "prompt.text", "completion.text")
    if content is not None:
        return joined(parsed(content))
    parts = numbered(entry, ("message.contents.",))
    told = [found for part in parts if (found := text(part.get("message_content.text")))]
    return "\n".join(told) if parts else None


def _of_event(name: str, fields: Mapping[str, Any]) -> Iterator[Message]:
    if name == "gen_ai.content.prompt":
        yield from messages_in(fields.get("gen_ai.prompt"))
    elif name in _EVENT_ROLES:
        role = text(fields.get("role")) or _EVENT_ROLES[name]
        yield Message(role, joined(parsed(fields.get("content"))))


def _documented(value: Any) -> Any:
    """OpenInference's `input.value` is the whole body, or the prompt alone."""
    body = parsed(value)
    return first(body, "messages", "input", "prompt") if isinstance(body, dict) else body
