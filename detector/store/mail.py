"""Dead letters as kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from detector.store.intake import Letter, StoredLetter
from detector.store.part import SqlPart, batches
from detector.store.schema import letters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row


class SqlLetters(SqlPart):
    """They come with the commits of partitions."""

    def letters(self, after: int, limit: int, reason: str | None = None) -> list[StoredLetter]:
        """As `ReadStore.letters`."""
        query = select(letters).where(letters.c.number > after)
        if reason is not None:
            query = query.where(letters.c.reason == reason)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(letters.c.number).limit(limit)).all()
        return [_letter(row) for row in rows]

    def letter_counts(self) -> dict[str, int]:
        """As `ReadStore.letter_counts`."""
        count = func.count().label("kept")
        query = select(letters.c.reason, count).group_by(letters.c.reason)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(count.desc(), letters.c.reason))
            return {row.reason: row.kept for row in rows}

    def mark_redriven(self, numbers: Iterable[int], now: int) -> None:
        """As `ReadStore.mark_redriven`."""
        with self._database.writing() as connection:
            for batch in batches(numbers):
                sent = letters.c.number.in_(batch)
                connection.execute(update(letters).where(sent).values(redriven=now))


def _letter(row: Row[Any]) -> StoredLetter:
    letter = Letter(row.position, row.reason, row.detail, row.payload)
    return StoredLetter(row.number, row.origin, row.time, letter, row.redriven)
