"""The `stillwatch` command."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final

import typer

from detector.cli.config import default_map
from detector.cli.kernels import place_kernels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "replay": "detector.cli.replay:replay_command",
        "campaigns": "detector.cli.campaigns:campaigns_command",
        "explain": "detector.cli.explain:explain_command",
        "calibrate": "detector.cli.calibrate:calibrate_command",
        "evaluate": "detector.cli.evaluate:evaluate_command",
        "train": "detector.cli.train:train_command",
        "models": "detector.cli.models:make_models_app",
        "sketch": "detector.cli.sketch:sketch_command",
        "simulate": "detector.cli.simulate:simulate_command",
        "run": "detector.cli.run:run_command",
        "serve": "detector.cli.serve:serve_command",
        "policy": "detector.cli.policy:make_policy_app",
        "keys": "detector.cli.keys:make_keys_app",
        "people": "detector.cli.people:make_people_app",
        "audit": "detector.cli.audit_trail:make_audit_app",
        "export": "detector.cli.export:export_command",
        "exports": "detector.cli.exports:make_exports_app",
        "fields": "detector.cli.fields:fields_command",
        "status": "detector.cli.status:status_command",
        "doctor": "detector.cli.doctor:doctor_command",
        "store": "detector.cli.store:make_store_app",
        "dead-letters": "detector.cli.dead_letters:make_dead_letters_app",
        "backtest": "detector.cli.backtest:backtest_command",
        "drift": "detector.cli.drift:drift_command",
        "lake": "detector.cli.lake:make_lake_app",
        "spark": "detector.cli.spark:make_spark_app",
        "demo": "detector.cli.demo:demo_command",
    }
)
"""Commands by name, in the order of the help; a `make_…` gives a group of them."""


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


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The application with the commands `names`; by default, all of them."""
    app = typer.Typer(
        name="stillwatch", no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    app.callback()(_root)
    for name in names:
        module, _, attribute = COMMANDS[name].partition(":")
        made = getattr(import_module(module), attribute)
        if attribute.startswith("make_"):
            app.add_typer(made(), name=name)
        else:
            app.command(name)(made)
    return app


def main() -> None:
    """Run the command line. Of a command that is named first only its own modules are loaded."""
    place_kernels()
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    make_app([asked] if asked in COMMANDS else COMMANDS)()
