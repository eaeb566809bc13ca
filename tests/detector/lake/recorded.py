"""Small lakes: worlds replayed into one, and made streams recorded tick by tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.lake.files import open_files
from detector.lake.lake import Lake
from detector.lake.layout import ROOT
from detector.lake.manifest import claim, manifest_of, read_manifest
from detector.lake.recorder import Recorder
from detector.lake.writer import LakeWriter
from features.text.edge import EdgeVersion
from tests.detector.stream.staged import ADMISSION
from tests.detector.streamed import TICK, Detector

if TYPE_CHECKING:
    from pathlib import Path

    from detector.lake.files import Files
    from tests.features.account.streams import Stream

MINE = manifest_of(EdgeVersion(1, "weights", "key"), TICK)


def refused(error: OSError) -> None:
    """Nothing may fail."""
    raise error


def files_in(folder: Path) -> Files:
    """The files of a lake in a folder."""
    return open_files(str(folder), "test")


def writer_in(folder: Path, *, events: bool = False) -> LakeWriter:
    """A writer of a lake in a folder."""
    files = files_in(folder)
    claim(files, MINE)
    return LakeWriter(files, refused, events=events)


def lake_in(folder: Path) -> Lake:
    """The lake in a folder."""
    found = read_manifest(files_in(folder))
    assert found is not None
    return Lake(files_in(folder), found)


def record(folder: Path, *streams: Stream, events: bool = False, closing: bool = True) -> Detector:
    """Record streams that a detector watches; whether the log ends with them."""
    detector = Detector(admission=ADMISSION)
    recorder = Recorder(detector.loop.ledger, writer_in(folder, events=events))
    for tick in detector.steps(*streams):
        recorder.observe(tick)
    if closing:
        detector.settle()
        recorder.finish(detector.end)
    return detector


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a lake's tables."""
    found = sorted(path for path in (folder / ROOT).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
