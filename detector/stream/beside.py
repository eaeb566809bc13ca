"""The live stream in a thread, beside whatever else a process does."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from detector.stream.assembly import assembled
from detector.stream.service import Stop
from detector.telemetry.fields import Failure, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from detector.compose import Setup
    from detector.registry.shadow import Challenger
    from detector.stream.assembly import Parts, StreamSettings
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log
    from detector.telemetry.telemetry import Telemetry


@contextmanager
def running_beside(
    settings: StreamSettings,
    setup: Setup,
    environ: Mapping[str, str],
    clock: Clock,
    telemetry: Telemetry,
    log: Log,
    challenger: Challenger | None = None,
) -> Iterator[Callable[[], bool]]:
    """Run the stream until the end of the block; yields what says whether it has failed meanwhile.

    At the end it stores how far it came. Raises what it failed of, else as `assembled`.
    """
    stop = Stop()
    with (
        assembled(settings, setup, environ, clock, telemetry, log, stop, challenger) as parts,
        in_a_thread(lambda: parts.service.run(lambda: watch(parts, telemetry, clock)), log) as failed,
    ):
        log.info("started", model=Name(setup.artefact.model_id))
        try:
            yield failed
        finally:
            stop.ask()


@contextmanager
def in_a_thread(run: Callable[[], None], log: Log) -> Iterator[Callable[[], bool]]:
    """Run a stream, or its leader, until the end of the block, by which somebody has asked it to stop.

    Yields what says whether it has ended meanwhile; raises what it failed of.
    """
    failures: list[BaseException] = []

    def caught() -> None:
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - raised where the block ends
            failures.append(error)
            log.error("stream failed", failure=Failure(error))  # noqa: TRY400 - no traceback, it may quote

    thread = threading.Thread(target=caught, name="stillwatch-stream")
    thread.start()
    try:
        yield lambda: not thread.is_alive()
    finally:
        thread.join()
    if failures:
        raise failures[0]


def watch(parts: Parts, telemetry: Telemetry, clock: Clock) -> None:
    """Tell how reading stands, after each step."""
    if parts.pump is not None:
        telemetry.intake.polled(clock.now() - round(parts.pump.poll_age() * 1000))
        telemetry.intake.progressed(*parts.pump.standing())
