"""`stillwatch spark`: history and scale, on Apache Spark."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

JOBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "backfill": "detector.cli.spark_backfill:backfill_command",
        "train-rows": "detector.cli.spark_train_rows:train_rows_command",
        "link": "detector.cli.spark_link:link_command",
        "stream": "detector.cli.spark_stream:stream_command",
    }
)
"""Commands by name. None of their modules imports pyspark before its command runs: it is an extra."""


def make_spark_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Work through history and scale on Apache Spark (an extra).",
    )
    app.callback()(_group)
    for name, place in JOBS.items():
        module, _, attribute = place.partition(":")
        app.command(name)(getattr(import_module(module), attribute))
    return app


def _group() -> None:
    """Work through history and scale on Apache Spark (an extra)."""
