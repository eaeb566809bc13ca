"""Whose an API key or an end user is, in bounded memory."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from detector.hook.verdicts.index import ABSENT, HashIndex, key_of

if TYPE_CHECKING:
    from detector.store.hook_records import Link, SubjectKind

NOBODY: Final = 0
"""Key of no account."""


class Subjects:
    """The accounts of at most so many subjects; the one told first is forgotten first.

    28 to 44 bytes a subject. A name is kept as its key only.
    """

    def __init__(self, most: int) -> None:
        self.most = max(1, most)
        self._index = HashIndex()
        self._subject = array("q")
        self._account = array("q")
        self._next = 0
        self.latest = 0
        """version of the last link that was put"""

    def __len__(self) -> int:
        return self._index.count

    def account_of(self, kind: SubjectKind, subject: str) -> int:
        """The key of the subject's account (`HashIndex.get`), or `NOBODY`."""
        row = self._index.get(hash((kind, subject)) or 1)
        return NOBODY if row == ABSENT else self._account[row]

    def put(self, link: Link) -> None:
        """Remember whose a subject is."""
        key, account = hash((link.kind, link.subject)) or 1, key_of(link.account_id)
        row = self._index.get(key)
        if row != ABSENT:
            self._account[row] = account
            return
        row = self._next
        self._next = (row + 1) % self.most
        if row == len(self._subject):
            self._subject.append(key)
            self._account.append(account)
        else:
            self._index.remove(self._subject[row])
            self._subject[row], self._account[row] = key, account
        self._index.put(key, row)
