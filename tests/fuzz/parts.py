"""What harnesses share: keys and versions of the tests, and a file to read from."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from features.hashing import HashKey
from features.text.edge import EdgeVersion
from features.text.kernel import KERNEL_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY: Final = HashKey.from_secret("of the fuzz tests")
EDGE: Final = EdgeVersion(KERNEL_VERSION, "weights", KEY.name)
NOW: Final = 1_790_000_000_000
"""ms; of no meaning but that it does not move"""


@contextmanager
def file_of(data: bytes, name: str = "input") -> Iterator[Path]:
    """A file with these bytes, for readers that take a path; in memory where there is a place for that."""
    shared = Path("/dev/shm")  # noqa: S108 - the folder made in it is the user's own
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        yield path
