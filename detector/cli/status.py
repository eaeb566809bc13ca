"""`stillwatch status`: how far a running installation is."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.live import Live

from detector.cli.compose import TickOption, told_plainly
from detector.cli.kafka_options import (
    CaFileOption,
    ClientOption,
    GroupOption,
    MechanismOption,
    PasswordFileOption,
    PatternOption,
    ProtocolOption,
    TopicOption,
    UsernameOption,
    kafka_settings,
)
from detector.cli.standing_tables import drawn
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.ops.lookout import Lookout, looking, lookout
from detector.ops.standing import Standing, look
from detector.store.opening import open_store
from detector.stream.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.store.interface import Store

_AROUND = 20
"""Lines of a screen that are not partitions."""
_ALL = 1_000_000


def status_command(
    store: StoreOption = DEFAULT_STORE,
    brokers: Annotated[
        str | None,
        typer.Option("--brokers", help="Brokers, host:port, separated by commas: to show the lag."),
    ] = None,
    topic: TopicOption = None,
    topic_pattern: PatternOption = None,
    once: Annotated[bool, typer.Option("--once", help="Print it once, with all partitions.")] = False,
    every: Annotated[float, typer.Option("--every", min=0.1, help="Seconds between two looks.")] = 2.0,
    tick: TickOption = 5.0,
    group: GroupOption = "stillwatch",
    protocol: ProtocolOption = "PLAINTEXT",
    mechanism: MechanismOption = "SCRAM-SHA-512",
    username: UsernameOption = None,
    password_file: PasswordFileOption = None,
    ca_file: CaFileOption = None,
    client: ClientOption = "kafka-python",
) -> None:
    """Show rates, lag, ticks, alerts, dead letters and partitions until Ctrl-C.

    All of it is in the store, but for the lag: that needs --brokers.

    For example:

      stillwatch status --brokers localhost:9092
    """
    with told_plainly(), ExitStack() as stack:
        opened = stack.enter_context(closing(open_store(store)))
        watched = None
        topics = topic or ([] if topic_pattern else _topics(opened))
        if brokers is not None and (topics or topic_pattern):
            settings = kafka_settings(
                brokers, topics, topic_pattern, group, protocol, mechanism, username, password_file, ca_file,
                client,
            )  # fmt: skip
            own = looking(settings, secrets.token_hex(4))
            watched = stack.enter_context(lookout(own, os.environ, SystemClock()))
        looks = _looks(opened, watched, every)
        if once:
            before = next(looks)
            Console().print(drawn(next(looks), before, round(tick * 60_000), _ALL))
        else:
            _show(looks, round(tick * 60_000))


def _topics(store: Store) -> list[str]:
    return sorted({one.origin.rpartition("/")[0] for one in store.partitions()})


def _looks(store: Store, watched: Lookout | None, every: float) -> Iterator[Standing]:
    """A look every so many seconds."""
    clock = SystemClock()
    while True:
        yield look(store, clock.now(), {} if watched is None else watched.ends())
        clock.sleep(every)


def _show(looks: Iterator[Standing], tick: int) -> None:
    console, before = Console(), next(looks)
    with Live(console=console, screen=True, auto_refresh=False) as live:
        try:
            for now in looks:
                live.update(drawn(now, before, tick, max(1, console.height - _AROUND)), refresh=True)
                before = now
        except KeyboardInterrupt:
            return
