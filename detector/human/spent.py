"""Tokens that were used up. Every process that redeems shares them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, Table, delete, or_, select

from detector.store.schema import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.store.database import Database

BATCH: Final = 10_000
"""Rows that are forgotten in one transaction."""

metadata: Final = MetaData(naming_convention=NAMES)

spent_tokens: Final = Table(
    "spent_tokens",
    metadata,
    Column("nonce", LargeBinary, primary_key=True),
    # Null for a token whose challenge ends by itself; else kept as long as this key is in use.
    Column("key_id", LargeBinary),
    Column("until", BigInteger, nullable=False),
    Index(None, "until"),
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What has to be remembered of a token."""

    nonce: bytes = field(repr=False)
    until: int
    """ms since the epoch; afterwards the token would be refused anyway, if its key is gone too"""
    key_id: bytes | None = None
    """the key that must have gone; None if `until` alone decides"""


class SpentTokens(Protocol):
    """A set of nonces."""

    def spend(self, spent: Spent) -> bool:
        """Remember it; False if it was there. Of many at once, in any process, one gets True.

        Raises `StoreUnavailable`; then it is not known whether it was remembered.
        """
        ...

    def forget(self, now: int, live: Sequence[bytes] | None) -> int:
        """Drop what is over at `now` and of none of the `live` keys; how many. Raises `StoreUnavailable`.

        While it is not known which keys live, they are None, and what was kept for a key stays.
        """
        ...


class SqlSpentTokens:
    """In SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prepare(self) -> None:
        """Make the table if there is none; any number of processes may at once."""
        with self._database.writing() as connection:
            self._database.dialect.migrating(connection)
            metadata.create_all(connection)

    def spend(self, spent: Spent) -> bool:
        """As `SpentTokens.spend`: the primary key decides."""
        row = {"nonce": spent.nonce, "key_id": spent.key_id, "until": spent.until}
        insert = self._database.dialect.insert(spent_tokens).on_conflict_do_nothing().values(row)
        with self._database.writing() as connection:
            return connection.execute(insert.returning(spent_tokens.c.nonce)).first() is not None

    def forget(self, now: int, live: Sequence[bytes] | None) -> int:
        """As `SpentTokens.forget`, in short transactions."""
        table = spent_tokens.c
        keyless = table.key_id.is_(None)
        gone = keyless if live is None else or_(keyless, table.key_id.not_in(live))
        batch = select(table.nonce).where(table.until <= now, gone).limit(BATCH)
        total = 0
        while True:
            with self._database.writing() as connection:
                found: int = connection.execute(delete(spent_tokens).where(table.nonce.in_(batch))).rowcount
            total += found
            if found < BATCH:
                return total
