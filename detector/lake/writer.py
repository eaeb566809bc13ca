"""Writes the hours of a lake, each of them whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.lake.files import open_files
from detector.lake.forgotten import marked, without
from detector.lake.layout import TABLES, closing_path, path_of
from detector.lake.manifest import claim
from detector.lake.tables import tables_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.lake.files import Files
    from detector.lake.manifest import Manifest
    from detector.lake.rows import Rows


class LakeWriter:
    """Used by one thread. What it writes twice is the same; it writes no row of who was forgotten."""

    def __init__(self, files: Files, failed: Callable[[OSError], None], *, events: bool) -> None:
        """`failed` is told of hours that could not be written; `events`: requests are kept, too."""
        self._files = files
        self.failed = failed
        self.events = events

    def write(self, hour: int, rows: Rows, name_of: Callable[[int], str]) -> None:
        """The rows of an hour since the epoch; raises `OSError`."""
        self._write(rows, name_of, {table: path_of(table, hour) for table in TABLES}, closing=False)

    def close(self, end: int, rows: Rows, name_of: Callable[[int], str]) -> None:
        """What was known when a log ended at `end` (ms); raises `OSError`."""
        self._write(rows, name_of, {table: closing_path(table, end) for table in TABLES}, closing=True)

    def _write(
        self, rows: Rows, name_of: Callable[[int], str], paths: dict[str, str], *, closing: bool
    ) -> None:
        found, forgotten = tables_of(rows, name_of, closing=closing), marked(self._files)
        for name in TABLES:
            table = without(found[name], forgotten)
            if len(table):
                self._files.write_table(paths[name], table)


def open_writer(
    uri: str, mine: Manifest, token: str, failed: Callable[[OSError], None], *, events: bool
) -> LakeWriter:
    """A writer of the lake at `uri`, which is made if there is none.

    `token` is of this process alone. Raises `LakeError` where another release or key writes it.
    """
    files = open_files(uri, token)
    claim(files, mine)
    return LakeWriter(files, failed, events=events)
