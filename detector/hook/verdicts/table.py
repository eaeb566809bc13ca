"""Verdicts in packed columns: about 100 bytes each, the name of the account included."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from detector.hook.verdicts.index import ABSENT, HashIndex, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.store.findings import StoredVerdict

UNKNOWN: Final = -1
"""Rule that holds: not worked out yet."""


class VerdictTable:
    """The latest verdict of each account, by row. Rows are never removed and keep their numbers."""

    def __init__(self) -> None:
        self._index = HashIndex()
        self.labels = Names()
        self.statuses = Names()
        self.campaigns = Names()
        self._names = bytearray()
        self._ends = array("q", [0])
        self.label = array("b")
        """number in `labels`"""
        self.status = array("b")
        """number in `statuses`"""
        self.held = array("b")
        """the rule whose action holds, see `detector.hook.policy.holding`"""
        self.campaign = array("i")
        """number in `campaigns`, or `ABSENT`"""
        self.score = array("d")
        self.time = array("q")
        """event time in ms"""
        self.version = array("q")
        self.latest = 0
        """up to this version, all verdicts of the store are in here"""

    def __len__(self) -> int:
        return len(self.label)

    def find(self, account_id: str) -> int:
        """An account's row, or `ABSENT`."""
        return self._index.get(hash(account_id) or 1)

    def find_key(self, key: int) -> int:
        """The row of the account with this key, or `ABSENT`."""
        return self._index.get(key)

    def put(self, stored: StoredVerdict) -> int:
        """Take over a verdict; returns its row."""
        verdict = stored.verdict
        row = self.find(verdict.account_id)
        if row == ABSENT:
            row = self._append(verdict.account_id)
        self.label[row] = self.labels.number(verdict.label)
        self.status[row] = self.statuses.number(verdict.status)
        campaign = verdict.campaign_id
        self.campaign[row] = ABSENT if campaign is None else self.campaigns.number(campaign)
        self.score[row] = verdict.score
        self.time[row] = verdict.time
        self.version[row] = stored.version
        return row

    def account(self, row: int) -> str:
        """The name of the account."""
        return self._names[self._ends[row] : self._ends[row + 1]].decode("utf-8", "surrogatepass")

    def campaign_of(self, row: int) -> str | None:
        """The id of its campaign."""
        number = self.campaign[row]
        return None if number == ABSENT else self.campaigns.text(number)

    def after(self, version: int) -> Iterator[int]:
        """Rows whose verdict is later than a version."""
        return (row for row, found in enumerate(self.version) if found > version)

    def forget_held(self) -> None:
        """Let no rule hold any more, as when the rules changed."""
        self.held = array("b", [UNKNOWN]) * len(self)

    def nbytes(self) -> int:
        """Of all columns, names and the index; as they would be after an exact fit."""
        columns = (self.label, self.status, self.held, self.campaign, self.score, self.time, self.version)
        rows = sum(column.itemsize * len(column) for column in columns)
        return rows + len(self._names) + 8 * len(self._ends) + self._index.nbytes()

    def _append(self, account_id: str) -> int:
        row = len(self)
        self._names += account_id.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._names))
        for small in (self.label, self.status):
            small.append(0)
        self.held.append(UNKNOWN)
        self.campaign.append(ABSENT)
        self.score.append(0.0)
        self.time.append(0)
        self.version.append(0)
        self._index.put(key_of(account_id), row)
        return row


class Names:
    """A few texts that many rows repeat, by number."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text, a new one if it has none."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return found

    def text(self, number: int) -> str:
        """The text of a number."""
        return self._texts[number]

    @property
    def texts(self) -> list[str]:
        """All, by number."""
        return self._texts
