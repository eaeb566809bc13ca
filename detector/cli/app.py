"""The `stillwatch` command."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from detector.cli.calibrate import calibrate_command
from detector.cli.campaigns import campaigns_command
from detector.cli.config import default_map
from detector.cli.dead_letters import make_dead_letters_app
from detector.cli.demo import demo_command
from detector.cli.doctor import doctor_command
from detector.cli.evaluate import evaluate_command
from detector.cli.explain import explain_command
from detector.cli.keys import make_keys_app
from detector.cli.policy import make_policy_app
from detector.cli.replay import replay_command
from detector.cli.run import run_command
from detector.cli.serve import serve_command
from detector.cli.simulate import simulate_command
from detector.cli.status import status_command
from detector.cli.store import make_store_app


def _version(asked: bool) -> None:  # noqa: FBT001 - the shape of a typer callback
    if asked:
        typer.echo(version("stillwatch"))
        raise typer.Exit


def _root(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", help="TOML file of options, see docs/cli.md.", metavar="FILE")
    ] = None,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Find model extraction in LLM-API usage logs."""
    if config is not None:
        context.default_map = default_map(config, context.command)


def make_app() -> typer.Typer:
    """The application with all its commands."""
    app = typer.Typer(
        name="stillwatch", no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    app.callback()(_root)
    app.command("replay")(replay_command)
    app.command("campaigns")(campaigns_command)
    app.command("explain")(explain_command)
    app.command("calibrate")(calibrate_command)
    app.command("evaluate")(evaluate_command)
    app.command("simulate")(simulate_command)
    app.command("run")(run_command)
    app.command("serve")(serve_command)
    app.add_typer(make_policy_app(), name="policy")
    app.add_typer(make_keys_app(), name="keys")
    app.command("status")(status_command)
    app.command("doctor")(doctor_command)
    app.add_typer(make_store_app(), name="store")
    app.add_typer(make_dead_letters_app(), name="dead-letters")
    app.command("demo")(demo_command)
    return app


def main() -> None:
    """Run the command line."""
    make_app()()
