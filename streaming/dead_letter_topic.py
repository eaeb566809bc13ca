"""Dead letters as records of a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.dead_letters import letter_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streaming.dead_letters import DeadLetter
    from streaming.sink import Sink


class DeadLetterTopic:
    """`DeadLetters` by a sink: keyed by origin, so that the letters of one partition keep their order.

    A repetition after a crash has the same `letter_id`, `origin@position`. Payloads are dropped unless
    `keep_payload`.
    """

    def __init__(self, sink: Sink, *, keep_payload: bool) -> None:
        self._sink = sink
        self._keep_payload = keep_payload

    def write(self, letters: Iterable[DeadLetter]) -> None:
        """Send `letters` and wait until they are stored; raises `SinkError` if one was not."""
        for letter in letters:
            fields = letter_fields(letter, keep_payload=self._keep_payload)
            self._sink.send(letter.origin, {"letter_id": f"{letter.origin}@{letter.position}", **fields})
        self._sink.flush()
