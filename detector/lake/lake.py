"""A lake, to learn from and to look after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.lake.errors import LakeError
from detector.lake.examples import assembled
from detector.lake.files import open_files
from detector.lake.layout import MANIFEST, ROOT, TABLES, day_of
from detector.lake.manifest import check_features, read_manifest
from detector.lake.reading import read_accounts, read_events, read_populations, read_shares

if TYPE_CHECKING:
    from detector.lake.examples import Recorded
    from detector.lake.files import Files
    from detector.lake.manifest import Manifest
    from detector.lake.reading import EventRows, ShareRows
    from detector.lake.teaching import Teacher
    from models.dataset import Examples


@dataclass(frozen=True, slots=True)
class Amount:
    """What there is of a table."""

    files: int
    bytes: int
    first_day: int | None
    """days since the epoch; None: nothing"""
    last_day: int | None


@dataclass(frozen=True, slots=True)
class _Sources:
    """Read when somebody asks for them."""

    files: Files
    until: int | None

    def shares(self) -> ShareRows:
        """As `teaching.Sources.shares`."""
        return read_shares(self.files, self.until)

    def events(self) -> EventRows:
        """As `teaching.Sources.events`."""
        return read_events(self.files, self.until)


class Lake:
    """Reads what was recorded. Rows are as they were then, whatever was recorded later."""

    def __init__(self, files: Files, manifest: Manifest) -> None:
        self.files = files
        self.manifest = manifest

    def examples(self, labels: Teacher, until: int | None = None) -> Examples:
        """Training rows of ticks that ended at `until` (ms) or before, under `labels`; None: all.

        Accounts are numbered in the order of their arrival. Raises `LakeError` where features mean something
        else in this release.
        """
        return self.recorded(labels, until).examples

    def recorded(self, labels: Teacher, until: int | None = None) -> Recorded:
        """The same with ids, times and organisations."""
        check_features(self.manifest)
        accounts, populations = read_accounts(self.files, until), read_populations(self.files, until)
        return assembled(accounts, populations, labels, _Sources(self.files, until))

    def amounts(self) -> dict[str, Amount]:
        """How much there is, by table."""
        return {table: self._amount(table) for table in TABLES}

    def _amount(self, table: str) -> Amount:
        names = self.files.names(f"{ROOT}/{table}")
        days = [day_of(name) for name in names]
        size = sum(self.files.size(name) for name in names)
        return Amount(len(names), size, min(days, default=None), max(days, default=None))


def open_lake(uri: str, token: str) -> Lake:
    """The lake under a folder or a URI; `token` is of this process alone.

    Raises `LakeError` where there is none that this release can read.
    """
    files = open_files(uri, token)
    manifest = read_manifest(files)
    if manifest is None:
        raise LakeError(
            f"{uri}: holds no {MANIFEST}; `stillwatch run --lake` and `stillwatch replay --lake` write a lake"
        )
    return Lake(files, manifest)
