"""How casework refuses.

CaseworkError
├── NotFound    there is no such case, exception, comment or view
├── Conflict    somebody else changed the case since it was read: read it again
└── Refused     what was asked for makes no sense as things are
"""

from __future__ import annotations


class CaseworkError(Exception):
    """Nothing was done: says what, where and the remedy."""


class NotFound(CaseworkError):  # noqa: N818 - the field's standard term
    """There is nothing of this id."""


class Conflict(CaseworkError):  # noqa: N818 - the field's standard term
    """Somebody else changed the case since it was read."""

    def __init__(self, case_id: str, asked: int, version: int) -> None:
        super().__init__(
            f"case {case_id} has version {version}, and the change was made on {asked}; "
            "read it again and see whether the change still makes sense"
        )
        self.version = version


class Refused(CaseworkError):  # noqa: N818 - the field's standard term
    """What was asked for makes no sense as things are."""
