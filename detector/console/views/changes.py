"""Entries of the audit in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from detector.console.views.rows import name_of
from detector.console.views.words import clip, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detector.store.audit_entry import Recorded

_LONG = 160


@dataclass(frozen=True, slots=True)
class Changed:
    """Who did what, when and why."""

    number: int
    time: int
    actor: str
    action: str
    what: str
    """kind and id of the thing"""
    parts: tuple[str, ...]
    """each field that differs, as it was and as it is"""
    why: str


def changes(entries: Iterable[Recorded], names: Mapping[str, str]) -> list[Changed]:
    """In the order given; `names` are people's by their ids."""
    return [_change(one, names) for one in entries]


def _change(one: Recorded, names: Mapping[str, str]) -> Changed:
    entry = one.entry
    return Changed(
        one.number,
        entry.time,
        name_of(entry.actor, names),
        words(entry.action),
        f"{words(entry.object_kind)} {clip(names.get(entry.object_id, entry.object_id))}",
        tuple(_parts(entry.before, entry.after, names)),
        entry.why,
    )


def _parts(before: bytes | None, after: bytes | None, names: Mapping[str, str]) -> list[str]:
    old, new = _fields(before), _fields(after)
    fields = [
        name for name in (*old, *(one for one in new if one not in old)) if old.get(name) != new.get(name)
    ]
    return [
        f"{words(name)}: {_said(old.get(name), names)} → {_said(new.get(name), names)}"
        for name in fields
        if name not in ("judged", "closed")
    ]


def _fields(body: bytes | None) -> dict[str, Any]:
    """Of anything but an object, the whole is one field."""
    if body is None:
        return {}
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        found = f"{len(body)} bytes"
    return found if isinstance(found, dict) else {"value": found}


def _said(value: Any, names: Mapping[str, str]) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return clip(names.get(value, value), _LONG)
    return clip(msgspec.json.encode(value).decode("utf-8", "replace"), _LONG)
