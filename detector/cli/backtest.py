"""`stillwatch backtest`: history under a candidate model or policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import rich.table
import typer
from rich.console import Console
from rich.text import Text

from detector.backtest.comparing import Tried, compare
from detector.backtest.known import from_labels, from_truth
from detector.backtest.page import action_table, as_html, slice_table, summary
from detector.backtest.running import run
from detector.cli.compose import (
    CalibrationOption,
    FormatOption,
    LatenessOption,
    ModelOption,
    TickOption,
    read_model,
    set_up,
    told_plainly,
)
from detector.cli.show import follow, printable, progress_bar
from detector.defaults import DEFAULT_MODEL
from detector.hook.policy.holding import Rules
from detector.hook.policy.reading import default_text, read_policy, read_policy_file
from detector.retrain.labels import LabelError
from detector.retrain.settling import settle
from detector.retrain.table import read_table
from detector.truth import WorldError, WorldTruth
from streaming.files import check_readable, total_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.backtest.known import Known
    from detector.backtest.results import Backtest
    from detector.backtest.running import Run
    from detector.compose import Setup
    from detector.evaluate.report.document import Table

CandidateOption = Annotated[
    Path | None,
    typer.Option(
        "--candidate",
        parser=partial(read_model, role="challenger"),
        metavar="DIR",
        help="Folder of the model to try, or registry:DIR for its challenger. Default: the champion.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Asked:
    logs: Sequence[str]
    labels: Path | None
    truth: Path | None


def backtest_command(
    logs: Annotated[list[str], typer.Argument(help="Logs of the time to go through again.")],
    candidate: CandidateOption = None,
    candidate_calibration: Annotated[
        Path | None, typer.Option("--candidate-calibration", help="Thresholds of the candidate.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="A policy to try with the candidate. Default: the shipped one."),
    ] = None,
    champion_policy: Annotated[
        Path | None, typer.Option("--champion-policy", help="The policy in use. Default: the shipped one.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="CSV of what accounts are, as for `stillwatch train`.")
    ] = None,
    truth: Annotated[
        Path | None, typer.Option("--truth", help="Folder of the labelled world that the logs are of.")
    ] = None,
    minutes: Annotated[float, typer.Option("--minutes", min=0.0, help="Of an analyst, for an alert.")] = 15.0,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with plots, too.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show slices without an alert, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
    log_format: FormatOption = None,
    tick: TickOption = 5.0,
    lateness: LatenessOption = 60.0,
) -> None:
    """Replay history under the model in use and under a candidate: alerts, misses, leaks, and hours.

    Example:
      stillwatch backtest march.jsonl.zst --candidate registry:models --labels verdicts.csv --html march.html
    """
    if candidate is None and policy is None and candidate_calibration is None:
        raise typer.BadParameter("nothing to try; give --candidate, --candidate-calibration or --policy")
    if "-" in logs:
        raise typer.BadParameter("standard input cannot be read twice; name files")
    if labels is not None and truth is not None:
        raise typer.BadParameter("--labels and --truth both say what accounts are; give one of them")
    with told_plainly():
        for log in logs:
            check_readable(log)
        settings = (log_format, tick, lateness)
        champion = set_up(model, calibration, *settings)
        other = set_up(candidate or model, candidate_calibration, *settings)
        rules = _rules(champion_policy), _rules(policy)
        found = _backtest(_Asked(logs, labels, truth), (champion, other), rules, minutes)
        if html is not None:
            html.write_text(as_html(found), encoding="utf-8")
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=1))
    else:
        _show(found, everything=everything)


def _backtest(
    asked: _Asked, setups: tuple[Setup, Setup], rules: tuple[Rules, Rules], minutes: float
) -> Backtest:
    tried = []
    with progress_bar(Console(stderr=True)) as bar:
        for setup, some in zip(setups, rules, strict=True):
            found = run(asked.logs, setup, follow(bar, total_size(asked.logs)))
            tried.append(Tried(setup, some, found))
    champion, candidate = tried
    return compare(champion, candidate, _known(asked, champion.run), minutes)


def _known(asked: _Asked, found: Run) -> Known:
    if asked.truth is not None:
        return from_truth(found.names, asked.logs, WorldTruth.read(asked.truth))
    now = round(datetime.now(UTC).timestamp() * 1000)
    try:
        said = [] if asked.labels is None else read_table(asked.labels, now)
    except LabelError as error:
        raise WorldError(str(error)) from None
    return from_labels(found.names, asked.logs, settle(said).labels)


def _rules(path: Path | None) -> Rules:
    return Rules(read_policy(default_text()) if path is None else read_policy_file(path)[1])


def _show(found: Backtest, *, everything: bool) -> None:
    console = Console()
    for table in (summary(found), slice_table(found, everything=everything), action_table(found)):
        if table.rows:
            console.print(_drawn(table))
    for who, names in (("champion", found.only_champion), ("candidate", found.only_candidate)):
        if names:
            some = ", ".join(printable(name) for name in names[:10])
            console.print(Text(f"{who} alone: {some}{', …' if len(names) > 10 else ''}"))  # noqa: PLR2004 - a line
    for warning in found.warnings:
        console.print(Text(f"warning: {warning}", style="yellow"))


def _drawn(table: Table) -> rich.table.Table:
    drawn = rich.table.Table(title=table.caption, title_justify="left", box=None)
    for at, name in enumerate(table.head):
        drawn.add_column(name, justify="left" if at == 0 else "right")
    for row in table.rows:
        drawn.add_row(*(Text(printable(cell)) for cell in row))
    return drawn
