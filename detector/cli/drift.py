"""`stillwatch drift`: whether today's traffic still is what the model was made for."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detector.cli.compose import CalibrationOption, FormatOption, ModelOption, set_up, told_plainly
from detector.cli.show import follow, printable, progress_bar
from detector.cli.store_options import ready_store
from detector.defaults import DEFAULT_MODEL
from detector.drift.measuring import measured, reference_from
from detector.drift.proposing import propose
from detector.drift.reference import Reference, reference_of
from detector.drift.report import Report, proposal
from detector.drift.stored import stored_report
from detector.reader import need_whole
from detector.store.opening import open_database
from detector.stream.clock import SystemClock
from streaming.dead_letters import DeadLetterCounts
from streaming.files import total_size

if TYPE_CHECKING:
    from detector.compose import Setup
    from detector.drift.report import Proposal
    from detector.replay import Outcome


def drift_command(
    logs: Annotated[list[str] | None, typer.Argument(help="Logs to measure; or give --store.")] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="Show what `stillwatch run` measured into this store.")
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=2, help="With --store: days of verdicts and fields.")
    ] = 28,
    reference: Annotated[
        Path | None, typer.Option("--reference", help="What --save wrote. Default: the model's.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write what these logs look like, as a reference for later.")
    ] = None,
    propose_it: Annotated[
        bool, typer.Option("--propose", help="With --store: put a proposal to train into its audit.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show what did not move, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
    log_format: FormatOption = None,
) -> None:
    """Compare features, scores, fields and verdicts with what the model was made for.

    Changes nothing. What it proposes, somebody has to decide.

    Examples:
      stillwatch drift april.jsonl.zst --save reference.npz

      stillwatch drift may.jsonl.zst --reference reference.npz

      stillwatch drift --store sqlite:///stillwatch.db --propose
    """
    if (store is None) == (not logs):
        raise typer.BadParameter("name logs to measure, or a store with --store, and not both")
    with told_plainly():
        setup = set_up(model, calibration, log_format)
        number = None
        if store is None:
            report = _of_logs(logs or [], setup, reference, save)
            suggested = proposal(report)
        else:
            report, suggested, number = _of_store(store, setup, days, propose_it=propose_it)
    if as_json:
        typer.echo(
            msgspec.json.format(msgspec.json.encode({"drift": report, "proposal": suggested}), indent=1)
        )
        return
    _show(report, suggested, number, everything=everything)


def _of_logs(logs: list[str], setup: Setup, reference: Path | None, save: Path | None) -> Report:
    usual = reference_of(setup.artefact) if reference is None else Reference.load(reference)
    with progress_bar(Console(stderr=True)) as bar:
        outcome = setup.replay.run(logs, DeadLetterCounts(), lambda _: None, follow(bar, total_size(logs)))
    need_whole(outcome.errors)
    if save is not None:
        reference_from(outcome.engine, outcome.loop.ledger).save(save)
    return _measured(usual, outcome, setup)


def _measured(usual: Reference, outcome: Outcome, setup: Setup) -> Report:
    found = measured(usual, outcome.engine, outcome.loop.ledger, 0)
    return Report(setup.artefact.model_id, outcome.end, tuple(found))


def _of_store(
    store: str, setup: Setup, days: int, *, propose_it: bool
) -> tuple[Report, Proposal | None, int | None]:
    ready_store(store)
    with closing(open_database(store)) as database:
        report = stored_report(database, setup.artefact.model_id, days)
        suggested = proposal(report)
        number = None
        if propose_it and suggested is not None:
            number = propose(database, suggested, SystemClock().now())
    return report, suggested, number


def _show(report: Report, suggested: Proposal | None, number: int | None, *, everything: bool) -> None:
    console = Console()
    told = [one for one in report.stability if everything or one.moved]
    console.print(f"{len(report.stability)} features of cohorts measured, {sum(o.moved for o in told)} moved")
    if report.stability and not report.is_own:
        console.print("compared with what the model was fitted on; make a reference of your own with --save")
    if told:
        table = Table("feature", "requests", "accounts", "PSI", "missing", "usually", "", box=None)
        for one in told:
            usual = "" if one.usually_missing is None else f"{one.usually_missing:.1%}"
            table.add_row(
                one.feature, one.cohort, f"{one.accounts:,}", f"{one.psi:.3f}", f"{one.missing:.1%}", usual,
                "moved" if one.moved else "",
            )  # fmt: skip
        console.print(table)
    _show_fields(report, console, everything=everything)
    if (right := report.judged) is not None:
        console.print(
            f"{right.cases} judged alerts: {right.found:.1%} right, by their scores {right.expected:.1%} "
            f"({right.deviation:+.1f} standard deviations), calibration error {right.ece:.3f}"
        )
    for reason in () if suggested is None else suggested.reasons:
        console.print(Text(f"proposal: {printable(reason.said)}", style="yellow"))
    if number is not None:
        console.print(f"put into the audit as entry {number}")


def _show_fields(report: Report, console: Console, *, everything: bool) -> None:
    told = [one for one in report.fields if everything or one.moved]
    if told:
        table = Table("field", "usually", "now", "", box=None)
        for one in told:
            table.add_row(one.field, f"{one.usual:.1%}", f"{one.now:.1%}", "moved" if one.moved else "")
        console.print(table)
