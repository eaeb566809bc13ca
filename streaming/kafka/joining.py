"""Joins of a group that take longer than a poll.

kafka-python 3.0 lets a join go on when a poll's time is over. But whoever polls next takes the answer only if
it comes during that poll: one that came in between is thrown away and another join is sent, by which every
member has to join again. And where the reason was another subscription, nobody asks any more, for the topics
of the request sent are what is compared: that member has no partitions, its heartbeats stay off, and the
group puts it out without a word.
"""

from __future__ import annotations

from typing import Any


def finish_joins(consumer: Any) -> None:
    """Let polls of a `kafka.KafkaConsumer` take the answer to a join whenever it came."""
    coordinator = consumer._coordinator  # noqa: SLF001 - no setting of the library reaches it
    joins = _Joins(coordinator)
    coordinator.need_rejoin = joins.needed
    coordinator._do_join_and_sync_async = joins.answer  # noqa: SLF001 - as above
    coordinator._on_join_complete_async = joins.complete  # noqa: SLF001 - as above


class _Joins:
    """Keeps an answer until it is taken, or until the member is of another generation."""

    def __init__(self, coordinator: Any) -> None:
        self._coordinator = coordinator
        self._needed = coordinator.need_rejoin
        self._ask = coordinator._do_join_and_sync_async  # noqa: SLF001 - as above
        self._complete = coordinator._on_join_complete_async  # noqa: SLF001 - as above
        self._kept: tuple[Any, bytes] | None = None

    def needed(self) -> bool:
        """Also while a join has begun that is not complete."""
        return self._coordinator.rejoining or self._needed()

    async def answer(self) -> bytes:
        """The assignment; the request is sent if there is none yet."""
        if self._kept is None or self._kept[0] != self._generation():
            self._kept = None
            assignment = await self._ask()
            self._kept = self._generation(), assignment
        return self._kept[1]

    async def complete(self, *joined: Any) -> None:
        """The answer was taken."""
        self._kept = None
        await self._complete(*joined)

    def _generation(self) -> Any:
        return self._coordinator._generation  # noqa: SLF001 - as above
