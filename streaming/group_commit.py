"""Work of many callers, done together by one thread: each waits for its own, and a flush serves them all."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from streaming.sink import SinkError, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_UPKEEP_SECONDS: Final = 10.0

T = TypeVar("T")


class Full(SinkError):  # noqa: N818 - a state, and no mistake
    """There is no room for more at present; later there may be."""


class GroupCommit(Generic[T]):
    """Any thread may submit; `store` and `upkeep` run on one thread of ours, by turns."""

    def __init__(
        self,
        name: str,
        store: Callable[[Sequence[T]], None],
        upkeep: Callable[[], None],
        *,
        pending: int,
        together: int,
    ) -> None:
        """`store` makes items durable, or raises; `upkeep` follows it, and runs every ten seconds at least.

        Where `store` raises `TooLarge`, each item is stored by itself: the others are not to blame.
        Items of `pending` bytes may wait, of which up to `together` are stored at a time.
        """
        self._store = store
        self._upkeep = upkeep
        self._limits = pending, together
        self._changed = threading.Condition()
        self._waiting: deque[tuple[T, int, Future[None]]] = deque()
        self._pending = 0
        self._closing = False
        self._failure: SinkError | None = None
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def submit(self, item: T, size: int) -> Future[None]:
        """Done once `item` is durable, or failed as `store` did; raises `Full`, `SinkError` after `close`."""
        done: Future[None] = Future()
        with self._changed:
            if self._failure is not None:
                raise self._failure
            if self._closing:
                raise SinkError("intake is being closed; send again to the next process")
            if self._pending and self._pending + size > self._limits[0]:
                raise Full(
                    f"{self._pending} bytes wait to be stored; send again, and use a faster disk if it lasts"
                )
            self._waiting.append((item, size, done))
            self._pending += size
            self._changed.notify()
        return done

    def close(self) -> None:
        """Finish what was submitted."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._serve()
        except BaseException as error:
            self._refuse(SinkError(f"intake has failed ({type(error).__name__}: {error}); start again"))
            raise

    def _serve(self) -> None:
        while (taken := self._take()) is not None:
            if taken:
                self._settle(taken)
            self._upkeep()

    def _take(self) -> list[tuple[T, int, Future[None]]] | None:
        """What is stored next; nothing from time to time, and None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing, _UPKEEP_SECONDS)
            if not self._waiting:
                return None if self._closing else []
            taken = [self._waiting.popleft()]
            size = taken[0][1]
            while self._waiting and size + self._waiting[0][1] <= self._limits[1]:
                taken.append(self._waiting.popleft())
                size += taken[-1][1]
            return taken

    def _refuse(self, why: SinkError) -> None:
        """Let nobody wait for what nobody does any more: an upkeep that raised ends the thread."""
        with self._changed:
            self._failure = why
            left, self._waiting = self._waiting, deque()
        for _, _, done in left:
            if done.set_running_or_notify_cancel():
                done.set_exception(why)

    def _settle(self, taken: Sequence[tuple[T, int, Future[None]]]) -> None:
        problem: Exception | None = None
        try:
            self._store([item for item, _, _ in taken])
        except TooLarge as error:
            if len(taken) > 1:
                for one in taken:
                    self._settle([one])
                return
            problem = error
        except Exception as error:  # noqa: BLE001 - whoever waits raises it
            problem = error
        with self._changed:
            self._pending -= sum(size for _, size, _ in taken)
        for _, _, done in taken:
            # A caller that went away has cancelled its future, and what it sent is stored all the same.
            if not done.set_running_or_notify_cancel():
                continue
            if problem is None:
                done.set_result(None)
            else:
                done.set_exception(problem)
