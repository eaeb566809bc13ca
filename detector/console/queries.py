"""A queue's filters in an address, so that what somebody sees can be sent to somebody else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, get_args
from urllib.parse import parse_qsl, urlencode

from detector.alert import Kind
from detector.casework.records import CaseQuery, Sort
from detector.casework.statuses import STATUSES, VERDICTS, Queue

if TYPE_CHECKING:
    from collections.abc import Mapping

LABELS: Final = ("distillation", "relay", "benign")
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "queue": (*get_args(Queue), "any"),
    "kind": get_args(Kind),
    "label": LABELS,
    "status": STATUSES,
    "verdict": VERDICTS,
    "sort": get_args(Sort),
}
"""What a filter may be, where it is one of a few."""
FREE: Final = ("assignee", "campaign_id", "tag", "subject")
LONGEST: Final = 512
"""characters of a filter"""
_SEVERITIES: Final = range(1, 6)
ANY: Final = "any"
NOBODY: Final = "nobody"
ME: Final = "me"


class QueryError(ValueError):
    """A filter makes no sense: says which, and what it may be."""


def read_query(said: Mapping[str, str], who: str) -> CaseQuery:
    """The query of an address; `me` is `who`. Filters that are empty or unknown to us do not count.

    Raises `QueryError`.
    """
    values: dict[str, Any] = {name: _chosen(name, said[name]) for name in CHOICES if said.get(name)}
    if said.get("severity"):
        values["severity"] = _severity(said["severity"])
    for name in FREE:
        if said.get(name):
            values[name] = _free(name, said[name])
    if "assignee" in values:
        values["assignee"] = {ME: who, NOBODY: ""}.get(values["assignee"], values["assignee"])
    if values.get("queue") == ANY:
        values["queue"] = None
    return replace(CaseQuery(), **values)


def write_query(query: CaseQuery, who: str) -> str:
    """The address's part after `?`; what is as always is left out."""
    usual = CaseQuery()
    told: dict[str, str] = {}
    for name in ("queue", "kind", "label", "severity", "status", "verdict", *FREE, "sort"):
        value = getattr(query, name)
        if value != getattr(usual, name):
            told[name] = ANY if value is None else str(value)
    if query.assignee is not None:
        told["assignee"] = {who: ME, "": NOBODY}.get(query.assignee, query.assignee)
    return urlencode(told)


def parse_query(text: str, who: str) -> CaseQuery:
    """The query of an address's part after `?`. Raises `QueryError`."""
    try:
        pairs = parse_qsl(text, max_num_fields=32)
    except ValueError:
        raise QueryError("query has too many fields; leave some out") from None
    return read_query(dict(pairs), who)


def _chosen(name: str, value: str) -> str:
    if value not in CHOICES[name]:
        raise QueryError(f"{name} is none; give one of {', '.join(CHOICES[name])}")
    return value


def _severity(value: str) -> int:
    found = int(value) if value.isascii() and value.isdecimal() and len(value) == 1 else 0
    if found not in _SEVERITIES:
        raise QueryError("severity is none; give 1 to 5")
    return found


def _free(name: str, value: str) -> str:
    if len(value) > LONGEST or "\0" in value:
        raise QueryError(f"{name} is too long or has a NUL; give at most {LONGEST} characters")
    return value
