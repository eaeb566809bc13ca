"""Options of commands that write a training lake."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detector.lake.errors import LakeError
from detector.lake.manifest import manifest_of
from detector.lake.replaying import RecordedReplay
from detector.lake.writer import open_writer

if TYPE_CHECKING:
    from detector.compose import Setup

LakeOption = Annotated[
    str | None,
    typer.Option("--lake", metavar="URI", help="Training lake to write: a folder, or a URI such as s3://."),
]
LakeEventsOption = Annotated[
    bool, typer.Option("--lake-events", help="Keep a row of hashes and numbers of every request there, too.")
]


def with_lake(setup: Setup, uri: str | None, *, events: bool) -> Setup:
    """The same, whose replay writes the lake at `uri`; raises `LakeError` where it may not."""
    if uri is None:
        return setup
    if Path(uri).exists() and not Path(uri).is_dir():
        raise LakeError(f"--lake {uri}: is no folder; check the path")
    replay = setup.replay
    mine = manifest_of(replay.reading.edge, replay.admission.tick)
    writer = open_writer(uri, mine, secrets.token_hex(8), _failed, events=events)
    return replace(setup, replay=RecordedReplay.of(replay, writer))


def _failed(error: OSError) -> None:
    """Nothing is at stake but the replay's time: what it would leave behind must be whole."""
    raise error
