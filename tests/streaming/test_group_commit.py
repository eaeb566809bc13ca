"""Work of many callers that one thread does."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from streaming.group_commit import GroupCommit
from streaming.sink import SinkError

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_a_thread_that_has_ended() -> None:
    """Where an upkeep raises, what waits fails, and what comes later is refused."""
    stored, more = threading.Event(), threading.Event()

    def store(_: Sequence[int]) -> None:
        stored.set()
        more.wait(10)

    def upkeep() -> None:
        raise LookupError("of a test")

    commit = GroupCommit(name="test", store=store, upkeep=upkeep, pending=100, together=1)
    first = commit.submit(1, 1)
    assert stored.wait(10)
    second = commit.submit(2, 1)
    more.set()
    first.result(10)
    for ended in (second.result, lambda _: commit.submit(3, 1)):
        with pytest.raises(SinkError, match=r"has failed.*LookupError: of a test.*start again"):
            ended(10)
    commit.close()
