"""What may stand in a log line or on a span: numbers, and a few kinds of names. Text of events is none."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, TypeAlias

WITHHELD: Final = "(withheld)"
"""Stands for what is no name, or of no kind that is allowed."""

_NAME: Final = re.compile(r"[A-Za-z0-9._:/@+-]{1,300}")
_ACCOUNT_LENGTH: Final = 512
_OUR_PACKAGES: Final = ("detector", "features", "models", "streaming")


@dataclass(frozen=True, slots=True)
class Name:
    """Something that the operator or we named: an origin, a sink, a table, a model, a reason, an owner."""

    text: str

    def shown(self) -> str:
        """The name, unless it has characters that a sentence has."""
        return self.text if _NAME.fullmatch(self.text) else WITHHELD


@dataclass(frozen=True, slots=True)
class Account:
    """An account id: the one thing out of an event that people need to find it again."""

    account_id: str

    def shown(self) -> str:
        """The id, at most as long as an event's may be."""
        return self.account_id[:_ACCOUNT_LENGTH]


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception: its type and place, and its message where that is known to quote nothing."""

    error: BaseException

    def shown(self) -> str:
        """One line. A foreign message may hold a statement's parameters, so only ours are repeated."""
        kind = type(self.error)
        said = self._message()
        frames = traceback.extract_tb(self.error.__traceback__)
        place = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        return f"{kind.__module__}.{kind.__qualname__}{f': {said}' if said else ''}{place}"

    def _message(self) -> str | None:
        if type(self.error).__module__.partition(".")[0] in _OUR_PACKAGES:
            return str(self.error)
        return self.error.strerror if isinstance(self.error, OSError) else None


Field: TypeAlias = int | float | Name | Account | Failure | None


def plain(value: Field) -> int | float | str | None:
    """`value` as JSON has it. What is of no allowed kind is withheld and raises nothing: telling goes on."""
    if isinstance(value, Name | Account | Failure):
        return value.shown()
    return value if value is None or isinstance(value, int | float) else WITHHELD
