"""Changes that name the version that they were made on (RFC 9110, 13.1.1)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import Header

from detector.hook.problems import Problem

Match = Annotated[
    str | None,
    Header(alias="If-Match", max_length=64, description="the version that the change was made on, in quotes"),
]
_TAG: Final = re.compile(r'"([0-9]{1,18})"')
_CONFLICT: Final = 409


def version_of(if_match: str | None) -> int | None:
    """The version of a validator that we gave; None: any. Raises `Problem` 400."""
    if if_match in (None, "*"):
        return None
    found = _TAG.fullmatch(if_match or "")
    if found is None:
        raise Problem(400, "if-match", "Makes no sense", 'If-Match is no version; send the ETag, such as "7"')
    return int(found[1])


def needed_version(if_match: str | None) -> int:
    """The same where a change is too grave to be made blindly. Raises `Problem` 400, 428 (RFC 6585, 3)."""
    version = version_of(if_match)
    if version is None:
        raise Problem(428, "if-match", "Condition needed", "send If-Match with the ETag of /v1/models")
    return version


def precondition(problem: Problem) -> Problem:
    """What was asked for under a condition fails by it, with 412; other problems are as they were."""
    if problem.status != _CONFLICT or problem.name != "conflict" or "ETag" not in problem.headers:
        return problem
    given: dict[str, Any] = {"headers": problem.headers}
    return Problem(412, "precondition", problem.title, problem.detail, **given)
