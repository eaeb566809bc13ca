"""When dead letters are so many that the stream is not what the settings say it is."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.dead_letters import DeadLetter


class DeadLetterLimitError(SourceError):
    """Too much of the stream could not be read; going on would discard it."""


@dataclass(frozen=True, slots=True)
class _Batch:
    read: int
    reasons: Counter[str]


class DeadLetterLimit:
    """Counts dead letters among the last `window` records, whole batches at a time."""

    def __init__(self, share: float, window: int = 10_000) -> None:
        """Allow `share` (0 to 1) of the last `window` records."""
        if not 0 < share <= 1 or window < 1:
            raise ValueError(
                f"dead letter limit of {share:g} in {window} records: a share is over 0 and at most 1, "
                "and a window at least 1"
            )
        self._share = share
        self._window = window
        self._batches: deque[_Batch] = deque()
        self._read = 0
        self._reasons: Counter[str] = Counter()

    def observe(self, read: int, letters: Sequence[DeadLetter]) -> None:
        """Count a batch of `read` records; raises `DeadLetterLimitError` once the share is exceeded."""
        self._add(_Batch(read, Counter(letter.reason for letter in letters)))
        while self._read - self._batches[0].read >= self._window:
            self._drop(self._batches.popleft())
        if self._reasons.total() > self._share * max(self._window, self._read):
            raise DeadLetterLimitError(self._complaint(letters))

    def _add(self, batch: _Batch) -> None:
        self._batches.append(batch)
        self._read += batch.read
        self._reasons.update(batch.reasons)

    def _drop(self, batch: _Batch) -> None:
        self._read -= batch.read
        self._reasons.subtract(batch.reasons)

    def _complaint(self, letters: Sequence[DeadLetter]) -> str:
        (reason, count), *_ = self._reasons.most_common(1)
        latest = next((letter for letter in reversed(letters) if letter.reason == reason), None)
        example = "" if latest is None else f"; {latest.origin} at {latest.position}: {latest.detail}"
        return (
            f"{self._reasons.total()} of the last {self._read} records are dead letters, {count} of them "
            f"{reason}{example}; check the format and the topic, or raise the limit of "
            f"{self._share:.0%} if the stream is like that"
        )
