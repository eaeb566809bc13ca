"""What the feed of verdicts carries: `snapshot` and `delta` events of `GET /v1/decisions/stream`."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

from stillwatch_client.decision import ACTIONS, Degrade, Verdict
from stillwatch_client.sse import FeedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stillwatch_client.decision import Action
    from stillwatch_client.sse import Message

Kind = Literal["snapshot", "delta"]

_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_USUAL: Final = Degrade()
_LONGEST: Final = 512
"""characters of a text; ids of accounts are no longer"""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a snapshot or of a delta."""

    kind: Kind
    version: int
    """as of which all earlier pages and this one are, once `more` is false"""
    mark: str
    """the same for `Last-Event-ID`: what to come back with"""
    verdicts: tuple[Verdict, ...]
    deleted: tuple[str, ...]
    """accounts without a verdict from now on"""
    rejected: int
    """verdicts that could not be read"""
    more: bool
    """whether another page follows"""


def read_page(message: Message) -> Page | None:
    """The page in an event; None for other kinds of events; raises `FeedError` if it makes no sense."""
    if message.event not in _KINDS:
        return None
    body = _object(message)
    verdicts = [_verdict(row) for row in _rows(body, "verdicts")]
    deleted = tuple(name for name in _rows(body, "deleted") if isinstance(name, str))
    read = tuple(verdict for verdict in verdicts if verdict is not None)
    more = body.get("more") is True
    version = _version(body)
    mark = str(version) if message.id is None else message.id
    return Page(message.event, version, mark, read, deleted, len(verdicts) - len(read), more)


def _object(message: Message) -> dict[str, Any]:
    try:
        body = json.loads(message.data)
    # Deep nesting ends in the latter.
    except (ValueError, RecursionError):
        raise FeedError(f"{message.event}: is no JSON; is the address Stillwatch's?") from None
    if not isinstance(body, dict):
        raise FeedError(f"{message.event}: is no JSON object; is the address Stillwatch's?")
    return body


def _version(body: Mapping[str, Any]) -> int:
    version = body.get("version")
    if type(version) is not int or version < 0:
        raise FeedError("version: is absent or no number from 0; update the client or the service")
    return version


def _rows(body: Mapping[str, Any], name: str) -> list[Any]:
    rows = body.get(name, [])
    if not isinstance(rows, list):
        raise FeedError(f"{name}: is no list; update the client or the service")
    return rows


def _verdict(row: Any) -> Verdict | None:
    """None where the row is malformed or of an action of a later version."""
    if not isinstance(row, dict):
        return None
    account, action = row.get("account_id"), row.get("action")
    if not isinstance(account, str) or not 0 < len(account) <= _LONGEST or action not in ACTIONS:
        return None
    expires = _number(row.get("expires"))
    return Verdict(
        account_id=account,
        action=cast("Action", sys.intern(action)),
        # What does not say that it is meant to be enforced is not.
        shadow=row.get("shadow") is not False,
        expires=math.inf if expires is None else expires,
        reason=_shared(row.get("reason")) or "verdict",
        label=_shared(row.get("label")),
        score=_number(row.get("score")),
        campaign_id=_shared(row.get("campaign_id")),
        retry_after=_number(row.get("retry_after")),
        degrade=_degrade(row.get("degrade")),
        subjects=_texts(row.get("subjects")),
    )


def _degrade(value: Any) -> Degrade:
    if not isinstance(value, dict):
        return _USUAL
    clamp = value.get("clamp_n")
    return Degrade(_texts(value.get("strip")), clamp if type(clamp) is int and clamp > 0 else None)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if _text(item)) if isinstance(value, list) else ()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST else None


def _shared(value: Any) -> str | None:
    """A text that many verdicts have, kept once."""
    found = _text(value)
    return None if found is None else sys.intern(found)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # An integer may be longer than any float.
    return float(value) if abs(value) < 1e18 else None  # noqa: PLR2004 - far above any number that is sent
