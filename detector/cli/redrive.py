"""`stillwatch dead-letters redrive`: sends the records of dead letters again."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from detector.cli.compose import AHEAD, ModelOption, check_format, told_plainly
from detector.cli.kafka_options import (
    BrokersOption,
    CaFileOption,
    MechanismOption,
    PasswordFileOption,
    ProtocolOption,
    UsernameOption,
    kafka_settings,
)
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.compose import Intake
from detector.defaults import DEFAULT_MODEL
from detector.ops.redriving import chosen, planned, send
from detector.ops.setup_checks import secret_of
from detector.store.opening import open_store
from detector.stream.clock import SystemClock
from features.adapters import FORMATS, make_adapter
from features.text.purposes import PurposeWeights
from streaming.kafka.output import KafkaOutput

if TYPE_CHECKING:
    from detector.ops.redriving import Plan
    from detector.store.interface import Store
    from features.adapters import Adapter
    from streaming.kafka.output import TopicSink
    from streaming.kafka_settings import KafkaSettings

EXIT_LEFT: Final = 1

ReasonOption = Annotated[str | None, typer.Option("--reason", help="Only those of this reason.")]
AfterOption = Annotated[int, typer.Option("--after", min=0, help="Only those with a larger number.")]


def redrive_command(
    brokers: BrokersOption,
    store: StoreOption = DEFAULT_STORE,
    reason: ReasonOption = None,
    after: AfterOption = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 10_000,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also send those that are no events still.")
    ] = False,
    log_format: Annotated[
        str, typer.Option("--format", help=f"Format of the events, one of {', '.join(FORMATS)}.")
    ] = "canonical",
    model: ModelOption = DEFAULT_MODEL,
    protocol: ProtocolOption = "PLAINTEXT",
    mechanism: MechanismOption = "SCRAM-SHA-512",
    username: UsernameOption = None,
    password_file: PasswordFileOption = None,
    ca_file: CaFileOption = None,
) -> None:
    """Send the records of dead letters to their partitions again, once what was wrong is mended.

    Each goes under its account as the key, and is sent once. What is no event still stays, for it would only
    become a dead letter again. Ends with 1 if something stayed.

    For example:

      stillwatch dead-letters redrive --brokers localhost:9092 --reason bad_sketch --dry-run
    """
    with told_plainly(), ExitStack() as stack:
        check_format(log_format)
        opened = stack.enter_context(closing(open_store(store)))
        settings = kafka_settings(
            brokers, _topics(opened), None, "stillwatch", protocol, mechanism, username, password_file,
            ca_file, "kafka-python",
        )  # fmt: skip
        sink, adapter, now = _Topics(settings, stack), _adapter(log_format, model, store), SystemClock().now()
        latest, totals = datetime.fromtimestamp(now / 1000, UTC) + AHEAD, _Totals()
        for letters in chosen(opened, after, limit, reason):
            plan = planned(letters, adapter, latest, hopeless=everything)
            if not dry_run:
                send(plan, sink, opened, now)
            totals.add(plan)
    totals.tell(dry_run=dry_run, everything=everything)


class _Topics:
    """Sinks by topic, of a producer that connects when the first record is to be sent."""

    def __init__(self, settings: KafkaSettings, stack: ExitStack) -> None:
        self._settings = settings
        self._stack = stack
        self._output: KafkaOutput | None = None

    def __call__(self, topic: str) -> TopicSink:
        if self._output is None:
            self._output = self._stack.enter_context(KafkaOutput(self._settings, os.environ))
        return self._output.topic(topic)


class _Totals:
    def __init__(self) -> None:
        self.sent = 0
        self.lost = 0
        self.hopeless: Counter[str] = Counter()

    def add(self, plan: Plan) -> None:
        self.sent += len(plan.sent)
        self.lost += plan.lost
        self.hopeless += plan.hopeless

    def tell(self, *, dry_run: bool, everything: bool) -> None:
        """Print it; ends with `EXIT_LEFT` if something was left."""
        typer.echo(f"{self.sent:,} {'would be sent' if dry_run else 'sent again'}")
        if self.hopeless:
            reasons = ", ".join(f"{reason} {count:,}" for reason, count in self.hopeless.most_common())
            done = "among them are no events still" if everything else "left: no events still"
            typer.echo(
                f"{self.hopeless.total():,} {done} ({reasons}); mend --format, key or record", err=True
            )
        if self.lost:
            remedy = "run workers with --keep-payload to keep those that come"
            typer.echo(f"{self.lost:,} left: their records were not kept; {remedy}", err=True)
        if self.lost or (self.hopeless and not everything):
            raise typer.Exit(EXIT_LEFT)


def _topics(store: Store) -> list[str]:
    """The name is never read, where the store knows none."""
    return sorted({one.origin.rpartition("/")[0] for one in store.partitions()}) or ["-"]


def _adapter(log_format: str, model: Path, store: str) -> Adapter:
    """The one that workers use, under the secret that they use."""
    weights = PurposeWeights.load(model / "text")
    reading = Intake.of(weights, secret_of(os.environ, store)).reading
    return make_adapter(log_format, reading.key, account_from=reading.account_from, edge=reading.edge)
