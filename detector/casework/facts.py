"""What people decide of a case, as the audit keeps it: what a change did, and how it is taken back.

Facts that only make sense together are a group: a change records all of a group, and undoing it restores
all of it or nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from detector.casework.records import Case

GROUPS: Final[tuple[tuple[str, ...], ...]] = (
    ("status", "closed"),
    ("verdict", "confidence", "judged_by", "judged"),
    ("assignee",),
    ("merged_into",),
)
_TAG: Final = "tag:"


def facts(case: Case) -> dict[str, Any]:
    """By name: the fields of all groups, and each tag as true."""
    named = {name: getattr(case, name) for group in GROUPS for name in group}
    return named | {_TAG + tag: True for tag in case.tags}


def difference(before: Case, after: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """The groups and tags in which two states of a case differ, as they were and as they are."""
    old, new = facts(before), facts(after)
    names = [name for group in _groups(old, new) if _differ(group, old, new) for name in group]
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}


def restored(
    case: Case, before: dict[str, Any], after: dict[str, Any]
) -> tuple[Case, tuple[str, ...], tuple[str, ...]]:
    """The case as before a change, so far as nothing was changed since; names restored, and names kept."""
    now = facts(case)
    back: dict[str, Any] = {}
    kept: list[str] = []
    for group in _groups(before, after):
        if not _differ(group, now, after):
            back |= {name: before[name] for name in group}
        elif _differ(group, now, before):
            kept += group
    return with_facts(case, back), tuple(back), tuple(kept)


def with_facts(case: Case, changed: dict[str, Any]) -> Case:
    """The case with some facts changed."""
    tags = set(case.tags)
    for name, there in changed.items():
        if name.startswith(_TAG):
            (tags.add if there else tags.discard)(name.removeprefix(_TAG))
    named = {name: value for name, value in changed.items() if not name.startswith(_TAG)}
    return replace(case, **named, tags=tuple(sorted(tags)))


def encode(some: dict[str, Any]) -> bytes:
    """As the audit takes them."""
    return msgspec.json.encode(some, order="sorted")


def decode(body: bytes | None) -> dict[str, Any]:
    """As the audit gave them."""
    found: dict[str, Any] = {} if body is None else msgspec.json.decode(body)
    return found


def _groups(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, ...]]:
    """Those of which either says something."""
    said = old.keys() | new.keys()
    tags: list[tuple[str, ...]] = [(name,) for name in sorted(said) if name.startswith(_TAG)]
    return [group for group in GROUPS if group[0] in said] + tags


def _differ(group: tuple[str, ...], old: dict[str, Any], new: dict[str, Any]) -> bool:
    return any(old.get(name) != new.get(name) for name in group)
