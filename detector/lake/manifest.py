"""What a lake was written by: rows are comparable only where they were made alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from detector.frames import frame_version
from detector.lake.errors import LakeError
from detector.lake.layout import MANIFEST, SCHEMA
from features.scored import catalogue_version

if TYPE_CHECKING:
    from detector.lake.files import Files
    from features.text.edge import EdgeVersion


class Manifest(msgspec.Struct, frozen=True):
    """Is the first file of a lake, and never changes."""

    schema: int
    """of the tables"""
    catalogue: str
    """of the features"""
    events: str
    """layout, key and text weights"""
    tick: int
    """ms"""


def manifest_of(edge: EdgeVersion, tick: int) -> Manifest:
    """Of what this release writes with such hashes and such ticks (ms)."""
    return Manifest(SCHEMA, catalogue_version(), frame_version(edge), tick)


def read_manifest(files: Files) -> Manifest | None:
    """None where nothing was written yet; raises `LakeError` where this release cannot read what was."""
    body = files.read(MANIFEST)
    if body is None:
        return None
    try:
        found = msgspec.json.decode(body, type=Manifest)
    except msgspec.DecodeError as error:
        raise LakeError(f"{MANIFEST}: is damaged; restore it, or write a new lake") from error
    if found.schema != SCHEMA:
        raise LakeError(
            f"{MANIFEST}: the lake has schema {found.schema}, and this release knows {SCHEMA}; read it with "
            "the release that wrote it"
        )
    return found


def check_features(found: Manifest) -> None:
    """Raise `LakeError` where columns mean something else now."""
    if found.catalogue != catalogue_version():
        raise LakeError(
            f"{MANIFEST}: the lake holds features {found.catalogue} of another release, and this one has "
            f"{catalogue_version()}; learn from it with that release, or replay the logs into a new lake"
        )


def claim(files: Files, mine: Manifest) -> None:
    """Write the manifest of a new lake; raises `LakeError` where it is another one's."""
    found = read_manifest(files)
    if found is None:
        files.write(MANIFEST, msgspec.json.encode(mine))
        return
    check_features(found)
    if found != mine:
        raise LakeError(
            f"{MANIFEST}: the lake was written with another key, other text weights or another --tick; "
            "name a new lake, or use those"
        )
