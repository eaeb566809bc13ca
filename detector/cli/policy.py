"""`stillwatch policy`: what verdicts lead to, and who is exempt."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from detector.alert import timestamp
from detector.cli.compose import told_plainly
from detector.cli.keys import WhyOption, commands
from detector.cli.policy_tables import show_trial
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.hook.commands import audit_json
from detector.hook.decision import MODES
from detector.hook.policy.histories import replayed_histories, stored_histories
from detector.hook.policy.holding import Rules
from detector.hook.policy.reading import read_policy_file
from detector.hook.policy.trial import tried
from detector.store.opening import open_store
from detector.stream.clock import SystemClock

if TYPE_CHECKING:
    from detector.hook.commands import Commands
    from detector.hook.decision import Mode

_DAY = 86_400_000
_PAGE = 1000

FileArgument = Annotated[Path, typer.Argument(help="A policy in TOML.", metavar="FILE")]
AccountArgument = Annotated[str, typer.Argument(help="An account's id.")]
AcceptOption = Annotated[
    str | None,
    typer.Option(
        "--accept-uncalibrated",
        help="Why to enforce though the thresholds are not known to be calibrated; stands in the audit.",
        metavar="REASON",
    ),
]
DaysOption = Annotated[float | None, typer.Option("--days", min=0.01, help="For how long.")]


def make_policy_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What verdicts lead to.")
    app.command("check")(check_command)
    app.command("test")(try_command)
    app.command("set")(set_command)
    app.command("show")(show_command)
    app.command("mode")(mode_command)
    app.command("allow")(allow_command)
    app.command("undo")(undo_command)
    app.command("audit")(audit_command)
    return app


def check_command(file: FileArgument) -> None:
    """Say whether a policy can be used, and under which id.

    Example:
      stillwatch policy check policy.toml
    """
    with told_plainly():
        _, policy = read_policy_file(file)
    typer.echo(f"{policy.policy_id}: {len(policy.rule)} rules")


def try_command(
    file: FileArgument,
    store: StoreOption = DEFAULT_STORE,
    findings: Annotated[
        Path | None,
        typer.Option("--findings", help="Folder of a replay, instead of the store: with requests."),
    ] = None,
) -> None:
    """Say who would have got what under a policy, on the verdicts that were given.

    As if nobody were exempt: allow-lists and undone verdicts of now say nothing of then.

    Example:
      stillwatch policy test policy.toml --store sqlite:///stillwatch.db
    """
    with told_plainly():
        _, policy = read_policy_file(file)
        rules = Rules(policy)
        if findings is not None:
            show_trial(tried(rules, replayed_histories(findings)))
            return
        with closing(open_store(store)) as opened:
            show_trial(tried(rules, stored_histories(opened)))


def set_command(file: FileArgument, why: WhyOption, store: StoreOption = DEFAULT_STORE) -> None:
    """Decide by this policy from now on, in every process within a second.

    Example:
      stillwatch policy set policy.toml --why "throttle earlier"
    """
    with commands(store) as do:
        text, policy = read_policy_file(file)
        do.set_policy(text, why)
    typer.echo(f"policy {policy.policy_id} is in force")


def show_command(store: StoreOption = DEFAULT_STORE) -> None:
    """Print the mode, who is exempt, and the policy in force.

    Example:
      stillwatch policy show
    """
    with commands(store) as do:
        typer.echo(f"# mode: {do.mode()}")
        for control in do.exempt():
            until = msgspec.json.decode(control.body or b"{}").get("until")
            end = "" if until is None else f", until {timestamp(until)}"
            typer.echo(f"# {control.kind}: {control.subject!r}{end}")
        typer.echo(do.policy(), nl=False)


def mode_command(
    mode: Annotated[str, typer.Argument(help=f"One of {', '.join(MODES)}.")],
    why: WhyOption,
    accept_uncalibrated: AcceptOption = None,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Enforce decisions, or only count what would have been done (shadow, the default).

    Enforcing is refused while the thresholds in use are not known to be calibrated: those that are shipped
    come from synthetic traffic.

    Example:
      stillwatch policy mode enforce --why "calibrated, two weeks in shadow"
    """
    if mode not in MODES:
        raise typer.BadParameter(f"mode {mode!r} is not known; give {' or '.join(MODES)}")
    chosen: Mode = "enforce" if mode == "enforce" else "shadow"
    with commands(store) as do:
        do.set_mode(chosen, why, accept_uncalibrated)
    typer.echo(f"mode is {chosen}")


def allow_command(
    account: AccountArgument,
    why: WhyOption,
    days: DaysOption = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take it from the list.")] = False,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Put an account on the allow-list, for good unless --days says otherwise.

    Example:
      stillwatch policy allow acc-42 --why "evaluation partner"
    """
    with commands(store) as do:
        _ = do.disallow(account, why) if remove else do.allow(account, why, _until(days))
    typer.echo(f"{account!r} is {'not ' if remove else ''}on the allow-list")


def undo_command(
    account: AccountArgument,
    why: WhyOption,
    days: DaysOption = None,
    remove: Annotated[bool, typer.Option("--remove", help="Let verdicts count again.")] = False,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Let verdicts on an account not count, for a week unless --days says otherwise.

    Example:
      stillwatch policy undo acc-42 --why "a class of students"
    """
    with commands(store) as do:
        _ = do.redo(account, why) if remove else do.undo(account, why, _until(days))
    typer.echo(f"verdicts on {account!r} count{' again' if remove else ' no more for now'}")


def audit_command(store: StoreOption = DEFAULT_STORE) -> None:
    """Print who changed what, when and why, one JSON object a line, oldest first.

    Example:
      stillwatch policy audit
    """
    with commands(store) as do:
        for line in _audit(do):
            typer.echo(line)


def _audit(do: Commands) -> list[str]:
    lines, after = [], 0
    while page := do.audit(after, _PAGE):
        lines += [msgspec.json.encode(audit_json(entry)).decode() for entry in page]
        after = page[-1].version
    return lines


def _until(days: float | None) -> int | None:
    return None if days is None else SystemClock().now() + round(days * _DAY)
