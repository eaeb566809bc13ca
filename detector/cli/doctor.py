"""`stillwatch doctor`: is all that `stillwatch run` needs there, and what to do where it is not."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detector.cli.compose import AHEAD, CalibrationOption, ModelOption, TickOption, check_format, told_plainly
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
)
from detector.cli.queue_options import BrokersOption, QueueOption
from detector.cli.run import AlertsOption, LettersOption, LimitOption, VerdictsOption, stream_kafka
from detector.cli.show import printable
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.defaults import DEFAULT_MODEL
from detector.ops.checking import Outcome
from detector.ops.doctor import Examination, examine
from detector.stream.assembly import StreamSettings, Topics
from detector.stream.clock import SystemClock
from features.adapters import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detector.ops.checking import Check

EXIT_UNWELL: Final = 1
_MARKS: Final = {
    Outcome.OK: Text("ok", style="green"),
    Outcome.WARNING: Text("warning", style="yellow"),
    Outcome.FAILURE: Text("failure", style="bold red"),
}
_WIDTH: Final = 11


def doctor_command(
    brokers: BrokersOption = None,
    queue: QueueOption = None,
    topic: TopicOption = None,
    topic_pattern: PatternOption = None,
    alerts: AlertsOption = None,
    verdicts: VerdictsOption = None,
    dead_letters: LettersOption = None,
    store: StoreOption = DEFAULT_STORE,
    group: GroupOption = "stillwatch",
    protocol: ProtocolOption = "PLAINTEXT",
    mechanism: MechanismOption = "SCRAM-SHA-512",
    username: UsernameOption = None,
    password_file: PasswordFileOption = None,
    ca_file: CaFileOption = None,
    client: ClientOption = "kafka-python",
    log_format: Annotated[
        str, typer.Option("--format", help=f"Format of the events, one of {', '.join(FORMATS)}.")
    ] = "canonical",
    dead_letter_limit: LimitOption = 0.5,
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
    tick: TickOption = 5.0,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help="How many workers there are to be; left out, those there are."),
    ] = None,
    sample: Annotated[
        int, typer.Option("--sample", min=1, max=100_000, help="Records of each partition to look at.")
    ] = 200,
) -> None:
    """Check what `stillwatch run` needs, with the same options; end with 1 if something fails.

    Looks at the brokers or the queue and a sample of their events, the store, the model, the secret, the disk
    and the clock. It changes nothing, and workers may go on meanwhile.

    For example:

      stillwatch doctor --brokers localhost:9092 --topic llm.usage

      stillwatch doctor --queue events.queue
    """
    with told_plainly():
        check_format(log_format)
        topics = Topics(alerts, verdicts, dead_letters)
        kafka = stream_kafka(
            brokers, queue, topic, topic_pattern, topics, group, protocol, mechanism, username,
            password_file, ca_file, client,
        )  # fmt: skip
        stream = StreamSettings(
            kafka,
            store,
            queue,
            topics=topics,
            log_format=log_format,
            ahead=round(AHEAD.total_seconds() * 1000),
            dead_letter_share=dead_letter_limit,
        )
        what = Examination(
            stream, model, calibration, round(tick * 60_000), workers, sample, secrets.token_hex(4)
        )
        counts = _told(examine(what, os.environ, SystemClock()))
    if counts[Outcome.FAILURE]:
        raise typer.Exit(EXIT_UNWELL)


def _told(checks: Iterable[Check]) -> Counter[Outcome]:
    """Print each check when it is made, and then how many went how."""
    console, counts = Console(), Counter[Outcome]()
    for check in checks:
        console.print(_line(check))
        counts[check.outcome] += 1
    console.print(
        ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome), highlight=False, style="bold"
    )
    return counts


def _line(check: Check) -> Table:
    line = Table.grid(padding=(0, 1))
    line.add_column(width=7, no_wrap=True)
    line.add_column(width=_WIDTH, no_wrap=True)
    line.add_column(overflow="fold")
    said = Text(printable(check.said))
    if check.remedy:
        said.append(f"\n→ {printable(check.remedy)}", style="bold")
    line.add_row(_MARKS[check.outcome], check.name, said)
    return line
