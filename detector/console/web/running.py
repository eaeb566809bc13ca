"""Work of the desk off the event loop, with its refusals as problems."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from detector.casework.errors import CaseworkError, Conflict, NotFound
from detector.console.desk.errors import Denied, DeskError, Missing
from detector.console.desk.models import Outdated
from detector.console.desk.replies import Reused, UnderWay
from detector.console.queries import QueryError
from detector.exports.errors import ExportError
from detector.hook.problems import Problem, store_away
from detector.people.records import PeopleError
from detector.store.errors import StoreUnavailable
from models.artefact import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


async def run(work: Callable[[], _T]) -> _T:
    """The result of work in a thread. Raises `Problem` for everything that the desk refuses."""
    try:
        return await asyncio.to_thread(work)
    except (CaseworkError, DeskError, PeopleError, ExportError, QueryError, ModelError) as error:
        raise problem_of(error) from None
    except StoreUnavailable:
        raise store_away() from None


def problem_of(error: Exception) -> Problem:
    """A refusal as HTTP puts it."""
    said = str(error)
    if isinstance(error, Conflict | Outdated):
        return Problem(409, "conflict", "Changed by somebody else", said, {"ETag": etag_of(error.version)})
    if isinstance(error, NotFound | Missing):
        return Problem(404, "unknown", "Not known", said)
    if isinstance(error, Denied):
        return Problem(403, "permission", "Not allowed", said)
    if isinstance(error, Reused):
        return Problem(422, "key-reused", "Key used before", said)
    if isinstance(error, UnderWay | PeopleError | ExportError | ModelError):
        return Problem(409, "conflict", "Not as things are", said)
    return Problem(400, "refused", "Makes no sense", said)


def etag_of(version: int) -> str:
    """A version as a strong validator (RFC 9110, 8.8.3)."""
    return f'"{version}"'
