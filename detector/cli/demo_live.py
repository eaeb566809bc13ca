"""The demo's service: the sample streams through it in a thread, beside the console."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.cli.compose import set_up_stream
from detector.cli.store_options import ready_store
from detector.demo.entrance import FIRST, NAME
from detector.demo.feeding import PAUSE, Feeder, wait_until_ready
from detector.demo.place import HOST, free_port, fresh_place
from detector.demo.sample import recent_sample
from detector.demo.service import opened_demo
from detector.demo.watching import Watch
from detector.hook.serving import Listening, serve
from detector.stream.clock import SystemClock
from detector.telemetry.exposition import Address
from detector.telemetry.logs import open_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rich.console import Console

    from detector.compose import Setup
    from detector.demo.place import Place
    from detector.demo.sample import SampleLog
    from detector.demo.service import DemoService
    from detector.stream.clock import Clock

TICK_MINUTES: Final = 5.0
LATENESS_MINUTES: Final = 60.0
IDLE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    out: Path
    model: Path
    speed: float
    """seconds of the log in a second"""
    port: int
    wait: bool
    """stay up once the log is through"""


def stream_sample(wish: Wish, console: Console, then: Callable[[Place, Setup], None]) -> None:
    """Serve until Ctrl-C, or until the log is through; `then` is done once it is.

    Raises what the service and `then` raise.
    """
    clock = SystemClock()
    with open_logs(sys.stderr, "error") as log, fresh_place(wish.out) as (place, removed):
        if removed:
            _say(console, f"{place.path}: what an earlier demo left there is removed; this one begins anew.")
        port = free_port(wish.port)
        if port != wish.port:
            _say(console, f"port {wish.port} is taken; this demo is at {port}.")
        sample = recent_sample(clock.now())
        sample.write(place.log)
        ready_store(place.store, begin=True)
        setup = set_up_stream(place.store, wish.model, None, "canonical", TICK_MINUTES, LATENESS_MINUTES)
        idle = _idle_seconds(sample, wish.speed)
        with opened_demo(place, wish.model, setup, port, idle, os.environ, clock, log) as service:
            course = _Course(wish, sample, service, console, clock, lambda: then(place, setup))
            _tell_ways(console, service, place)
            with _running(course):
                listening = Listening(Address(HOST, port))
                serve(service.app, service.parts, listening, lambda: service.ended() or course.over.is_set())


class _Course:
    """What happens beside the service, in a thread of its own."""

    def __init__(
        self,
        wish: Wish,
        sample: SampleLog,
        service: DemoService,
        console: Console,
        clock: Clock,
        then: Callable[[], None],
    ) -> None:
        self._wish = wish
        self._sample = sample
        self._service = service
        self._console = console
        self._clock = clock
        self._then = then
        self.over = threading.Event()
        self.failures: list[BaseException] = []

    def run(self) -> None:
        """All of it; tells of the end by `over`, if it is not to wait for Ctrl-C."""
        try:
            if not self._stream():
                return
            self._then()
            if self._wish.wait:
                _say(self._console, f"The console stays up until Ctrl-C: {self._service.origin}{FIRST}")
            else:
                self.over.set()
        except BaseException as error:  # noqa: BLE001 - raised where the block ends
            self.failures.append(error)
            self.over.set()

    def _stream(self) -> bool:
        """Whether the log came through before all was over."""
        service = self._service
        wait_until_ready(service.origin, self._clock, self.over)
        feeder = Feeder(self._sample, self._wish.speed, self._clock, self.over)
        tick = round(TICK_MINUTES * 60_000)
        with Watch(self._console, service.store, self._sample, tick) as watch:

            def look() -> None:
                watch.look(feeder.sent, feeder.moment)

            feeder.run(service.origin, service.key, look)
            while not self.over.is_set() and not watch.is_through(feeder.accepted):
                look()
                self.over.wait(PAUSE)
            look()
        return not self.over.is_set()


@contextmanager
def _running(course: _Course) -> Iterator[None]:
    """Run it beside the block; raises what it failed of."""
    thread = threading.Thread(target=course.run, name="stillwatch-demo")
    thread.start()
    try:
        yield
    finally:
        course.over.set()
        thread.join()
    if course.failures:
        raise course.failures[0]


def _idle_seconds(sample: SampleLog, speed: float) -> float:
    """Longer than any pause of the log, which must not be taken for its end."""
    return max(IDLE_SECONDS, 2 * sample.longest_pause() / 1000 / speed)


def _tell_ways(console: Console, service: DemoService, place: Place) -> None:
    _say(console, f"console:  {service.origin}{FIRST}")
    _say(console, f"sign in:  {service.link}")
    _say(
        console,
        f"The link works once. For another: stillwatch people link {NAME} --store {place.store} "
        f"--url {service.origin}",
    )


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
