"""Whose an API key or an end user is, in bounded memory."""

from __future__ import annotations

from array import array
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Final

from detector.hook.verdicts.index import ABSENT, HashIndex, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detector.store.hook_records import Link, SubjectKind

NOBODY: Final = 0
"""Key of no account."""
DIGEST_BYTES: Final = 16


def digest_of(kind: SubjectKind, subject: str) -> bytes:
    """The name of a subject in the feed: clients who know the subject can make it, others learn nothing.

    The first 16 bytes of SHA-256 over kind, a zero byte and id.
    """
    return sha256(f"{kind}\0{subject}".encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES]


class Subjects:
    """The accounts of at most so many subjects; the one told first is forgotten first.

    44 bytes a subject, and 12 to 24 for it and for its account in indexes. Subjects are in a ring in the
    order in which they were told. Those of an account are a chain from the latest on; where a link of it was
    overwritten, all earlier ones were, so the chain ends there.
    """

    def __init__(self, most: int) -> None:
        self.most = max(1, most)
        self._index = HashIndex()
        self._latest_of = HashIndex()
        self._subject = array("q")
        self._account = array("q")
        self._before = array("q")
        """whose a subject was until it was told"""
        self._earlier = array("i")
        self._digests = bytearray()
        self._next = 0
        self.latest = 0
        """version of the last link that was put"""

    def __len__(self) -> int:
        return self._index.count

    def account_of(self, kind: SubjectKind, subject: str) -> int:
        """The key of the subject's account (`HashIndex.get`), or `NOBODY`."""
        row = self._index.get(hash((kind, subject)) or 1)
        return NOBODY if row == ABSENT else self._account[row]

    def put(self, link: Link) -> tuple[int, ...]:
        """Remember whose a subject is; the keys of the accounts that have another set of subjects by that."""
        key, account = hash((link.kind, link.subject)) or 1, key_of(link.account_id)
        row = self._index.get(key)
        before = NOBODY if row == ABSENT else self._account[row]
        if before == account:
            return ()
        if before != NOBODY:
            self._take_out(row)
        self._append(key, account, before, digest_of(link.kind, link.subject))
        return (account,) if before == NOBODY else (account, before)

    def digests(self, account: int, most: int) -> list[bytes]:
        """Of the subjects of an account, by its key; the `most` latest."""
        rows = islice(self._chain(account, self._latest_of.get(account)), most)
        return [bytes(self._digests[DIGEST_BYTES * row : DIGEST_BYTES * (row + 1)]) for row in rows]

    def accounts_since(self, version: int) -> Iterable[int]:
        """Keys of accounts that may have got or lost a subject after a version; some may be that have not.

        Beyond the `most` latest links nothing is known of it.
        """
        number = min(max(0, self.latest - version), len(self._subject))
        rows = [(self._next - 1 - back) % self.most for back in range(number)]
        return {whose[row] for row in rows for whose in (self._account, self._before)} - {NOBODY}

    def _append(self, key: int, account: int, before: int, digest: bytes) -> None:
        row = self._next
        if row == len(self._subject):
            self._subject.append(key)
            self._account.append(account)
            self._before.append(before)
            self._earlier.append(ABSENT)
            self._digests += digest
        elif self._account[row] != NOBODY:
            self._take_out(row)
        self._next = (row + 1) % self.most
        self._subject[row], self._account[row], self._before[row] = key, account, before
        self._digests[DIGEST_BYTES * row : DIGEST_BYTES * (row + 1)] = digest
        self._earlier[row] = self._latest_of.get(account)
        self._index.put(key, row)
        self._latest_of.put(account, row)

    def _take_out(self, row: int) -> None:
        """Let a row be nobody's, and no account's chain begin there."""
        account = self._account[row]
        self._index.remove(self._subject[row])
        if self._latest_of.get(account) == row:
            following = next(islice(self._chain(account, row), 1, None), ABSENT)
            if following == ABSENT:
                self._latest_of.remove(account)
            else:
                self._latest_of.put(account, following)
        self._account[row] = NOBODY

    def _chain(self, account: int, row: int) -> Iterator[int]:
        age = -1
        while row != ABSENT:
            told = (self._next - 1 - row) % self.most
            if told <= age or self._account[row] not in {account, NOBODY}:
                return
            if self._account[row] == account:
                yield row
            age, row = told, self._earlier[row]
