"""What the baselines look at: one row a request, in columns, sorted by account and time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

DAY: Final = 86_400_000
"""ms"""


@dataclass(frozen=True, slots=True)
class Usage:
    """`n` requests of some accounts; the first few hundred texts of each account are embedded."""

    accounts: NDArray[np.object_]
    """account ids; `account` indexes them"""
    account: NDArray[np.int32]
    """shape (n,), ascending; within an account the requests are in order of time"""
    time: NDArray[np.int64]
    """ms since the epoch"""
    input_tokens: NDArray[np.int32]
    """-1 where the log had none, as in the next two"""
    output_tokens: NDArray[np.int32]
    temperature: NDArray[np.int32]
    """thousandths"""
    ip: NDArray[np.uint64]
    """keyed hash, 0 where the log had none, as in the next two"""
    device: NDArray[np.uint64]
    payment: NDArray[np.uint64]
    status: NDArray[np.int16]
    asks_reasoning: NDArray[np.bool_]
    embedded: NDArray[np.int64]
    """shape (m,), ascending: the requests whose text is embedded"""
    embedding: NDArray[np.int8]
    """shape (m, `embedding.SIZE`): signed counts of hashed words"""

    def starts(self) -> NDArray[np.int64]:
        """For each request, the index of its account's first one."""
        return np.searchsorted(self.account, self.account, side="left")

    def day_ends(self, of: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Positions of each account's last request of each day (UTC), among `of` (None: all requests)."""
        account = self.account if of is None else self.account[of]
        day = (self.time if of is None else self.time[of]) // DAY
        last = np.ones(len(account), dtype=np.bool_)
        last[:-1] = (account[1:] != account[:-1]) | (day[1:] != day[:-1])
        return np.flatnonzero(last)

    def texts(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """For each account with text: positions in `embedded`, and embeddings of unit length."""
        account = self.account[self.embedded]
        bounds = np.flatnonzero(np.diff(account, prepend=-1, append=-1))
        for first, end in pairwise(bounds.tolist()):
            yield np.arange(first, end), unit(self.embedding[first:end])

    def only(self, keep: NDArray[np.bool_]) -> Usage:
        """The requests of the accounts where `keep`, of shape (accounts,), is true."""
        rows = np.flatnonzero(keep[self.account])
        code = (np.cumsum(keep) - 1).astype(np.int32)
        texts = keep[self.account[self.embedded]]
        return Usage(
            self.accounts[keep], code[self.account[rows]], self.time[rows], self.input_tokens[rows],
            self.output_tokens[rows], self.temperature[rows], self.ip[rows], self.device[rows],
            self.payment[rows], self.status[rows], self.asks_reasoning[rows],
            np.searchsorted(rows, self.embedded[texts]), self.embedding[texts],
        )  # fmt: skip


def unit(embedding: NDArray[np.int8]) -> NDArray[np.float32]:
    """Embeddings of length 1; one of no words stays 0."""
    vectors = embedding.astype(np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    scaled: NDArray[np.float32] = vectors / np.maximum(length, 1)[:, None]
    return scaled
