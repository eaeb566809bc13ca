"""Options of the jobs on Spark, and the session that they ask for."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from detector.spark.errors import SparkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import SparkSession

MASTER: Final = "local[*]"

MasterOption = Annotated[
    str, typer.Option("--master", help="Where Spark runs: local[*], spark://host:7077, yarn, k8s://….")
]
JarsOption = Annotated[
    list[Path] | None, typer.Option("--jar", help="A jar for driver and executors; may be repeated.")
]
SettingsOption = Annotated[
    list[str] | None,
    typer.Option("--spark", help="A setting of Spark, as name=value; may be repeated.", metavar="NAME=VALUE"),
]


@contextmanager
def spark_session(
    master: str, app: str, jars: Sequence[Path] | None, settings: Sequence[str] | None
) -> Iterator[SparkSession]:
    """A session for the length of a command; raises `SparkError`, also where the extra is missing."""
    # The extra is asked for when a job starts: every other command goes without.
    from detector.spark.session import open_session  # noqa: PLC0415

    session = open_session(master, app=f"stillwatch {app}", jars=jars or (), settings=_pairs(settings or ()))
    try:
        yield session
    finally:
        session.stop()


def _pairs(settings: Sequence[str]) -> dict[str, str]:
    found = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not (name and sign):
            raise SparkError(
                f"--spark {setting}: is no setting; write name=value, as in spark.ui.enabled=true"
            )
        found[name] = value
    return found
