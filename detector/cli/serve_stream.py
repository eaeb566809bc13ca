"""Options of the stream that `stillwatch serve --run` runs beside the service."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.compose import AHEAD, set_up_stream
from detector.stream.assembly import StreamSettings, assembled
from detector.stream.beside import watch
from detector.stream.service import Stop
from detector.telemetry.fields import Failure, Name
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

    At the end of the block it stores how far it came. Raises what it failed of, else as `assembled`.
    """
    if settings is None or setup is None:
        yield never
        return
    telemetry.runs(version("stillwatch"), setup.artefact.model_id, catalogue_version())
    stop = Stop()
    with (
        assembled(settings, setup, os.environ, clock, telemetry, log, stop, challenger) as parts,
        _threaded(lambda: parts.service.run(lambda: watch(parts, telemetry, clock)), stop, log) as ended,
    ):
        log.info("started", model=Name(setup.artefact.model_id))
        yield ended


@contextmanager
def _threaded(work: Callable[[], None], stop: Stop, log: Log) -> Iterator[Callable[[], bool]]:
    """`work` in a thread, told to stop at the end of the block, where what it failed of is raised."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised where the block ends
            failures.append(error)
            log.error("stream failed", failure=Failure(error))  # noqa: TRY400 - no traceback, it may quote

    thread = threading.Thread(target=run, name="stillwatch-stream")
    thread.start()
    try:
        yield lambda: not thread.is_alive()
    finally:
        stop.ask()
        thread.join()
    if failures:
        raise failures[0]
