"""What may stand in a log line or on a span: numbers, names, accounts and failures. Sentences may not."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, TypeAlias

OUR_PACKAGES: Final = ("detector", "features", "models", "streaming")
WITHHELD: Final = "(withheld)"
"""Stands for a text that is no name, and for what is of no kind that is allowed."""

_NAME: Final = re.compile(r"[A-Za-z0-9._:/@+-]{1,300}")
_ACCOUNT_LENGTH: Final = 512


@dataclass(frozen=True, slots=True)
class Name:
    """Something that the operator or we named: an origin, a sink, a table, a model, a reason, an owner."""

    text: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account id: the one thing out of an event that people need to find it again, whatever is in it."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception: its type and place, and its message where that is known to quote nothing."""

    error: BaseException


Field: TypeAlias = int | float | Name | Account | Failure | None


def plain(value: object) -> int | float | str | None:
    """A `Field` as JSON has it. What is no field is withheld and raises nothing: telling goes on.

    A bare text, which layers below give that know no `Name`, is taken for a name.
    """
    if isinstance(value, Name):
        value = value.text
    if isinstance(value, str):
        return value if _NAME.fullmatch(value) else WITHHELD
    if isinstance(value, Account):
        return value.account_id[:_ACCOUNT_LENGTH]
    if isinstance(value, Failure):
        return _told(value.error)
    return value if value is None or isinstance(value, int | float) else WITHHELD


def _told(error: BaseException) -> str:
    """One line. A foreign message may hold a statement's parameters, so only ours are repeated."""
    kind = type(error)
    said = _message(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{kind.__module__}.{kind.__qualname__}{f': {said}' if said else ''}{place}"


def _message(error: BaseException) -> str | None:
    if type(error).__module__.partition(".")[0] in OUR_PACKAGES:
        return str(error)
    return error.strerror if isinstance(error, OSError) else None
