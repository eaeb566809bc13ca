"""Options of the stream that `stillwatch serve --run` runs beside the service."""

from __future__ import annotations

import os
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.compose import AHEAD, set_up_stream
from detector.stream.assembly import StreamSettings
from detector.stream.beside import running_beside
from features.scored import catalogue_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from detector.compose import Setup
    from detector.registry.shadow import Challenger
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log
    from detector.telemetry.telemetry import Telemetry

RunOption = Annotated[
    bool, typer.Option("--run", help="Also do what `stillwatch run --queue` does, in this process.")
]


def never() -> bool:
    """Where nothing runs beside."""
    return False


def stream_settings(
    store: str, queue: Path | None, idle: float, checkpoint: float, samples: int = 0
) -> StreamSettings:
    """Of the queue that this process writes; so many `samples` are kept of each alerted account."""
    if queue is None:
        raise typer.BadParameter("--run needs --queue, the folder that events are kept in and read from")
    return StreamSettings(
        None, store, queue, ahead=round(AHEAD.total_seconds() * 1000), idle_seconds=idle,
        checkpoint_seconds=checkpoint, samples=samples,
    )  # fmt: skip


def stream_setup(store: str, model: Path, calibration: Path | None, tick: float, lateness: float) -> Setup:
    """What scores; the ingest writes canonical events."""
    return set_up_stream(store, model, calibration, "canonical", tick, lateness)


@contextmanager
def chosen_stream(
    settings: StreamSettings | None,
    setup: Setup | None,
    challenger: Challenger | None,
    clock: Clock,
    telemetry: Telemetry,
    log: Log,
) -> Iterator[Callable[[], bool]]:
    """The stream in a thread, if one is wanted; yields what says whether it has ended.

    Raises as `running_beside`.
    """
    if settings is None or setup is None:
        yield never
        return
    telemetry.runs(version("stillwatch"), setup.artefact.model_id, catalogue_version())
    with running_beside(settings, setup, os.environ, clock, telemetry, log, challenger) as ended:
        yield ended
