"""Builds what a command needs from its options, and turns expected failures into messages."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from detector import compose
from detector.compose import Setup
from detector.defaults import DEFAULT_MODEL, KEY_VARIABLE
from detector.frames import FrameError
from detector.hook.errors import HookError
from detector.report.findings import FindingsError
from detector.store.errors import StoreError
from detector.stream.pages import StateError
from detector.stream.secret import stream_secret
from detector.telemetry.exposition import MetricsError
from detector.telemetry.spans import SpansError
from detector.thresholds import CalibrationError
from detector.truth import WorldError
from features.adapters import FORMATS, FormatError
from features.text.purposes import WeightsError
from models.artefact import ModelError
from streaming.admission import AdmissionSettings
from streaming.sink import SinkError
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Setup", "set_up"]

EXIT_DEAD_LETTERS: Final = 1
EXIT_ERROR: Final = 2
EXIT_BROKEN_OFF: Final = 3

AHEAD: Final = timedelta(days=1)
"""An event that starts this long after the present is from the future: clocks differ, but not by days."""

REGISTRY: Final = "registry:"
"""Before the folder of a registry, where a folder of a model is asked for."""


def read_model(named: str | Path, role: str = "champion") -> Path:
    """The folder that `--model` names: a model's, or the version that a registry has in a role."""
    if not str(named).startswith(REGISTRY):
        folder = Path(named)
        if not folder.is_dir():
            raise typer.BadParameter(f"{folder}: no such folder; check the path")
        return folder
    # Keys and cards take a while to load, and most calls name no registry.
    from detector.registry.naming import resolved  # noqa: PLC0415

    try:
        return resolved(str(named), os.environ, role)
    except ModelError as error:
        raise typer.BadParameter(str(error)) from None


ModelOption = Annotated[
    Path,
    typer.Option(
        "--model",
        help="Folder of the model, or registry:DIR for the champion of a registry.",
        show_default="shipped",
        parser=read_model,
        metavar="DIR",
    ),
]
CalibrationOption = Annotated[
    Path | None, typer.Option("--calibration", help="Thresholds made by `stillwatch calibrate`.")
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format", help=f"Format of the logs, one of {', '.join(FORMATS)}; told by itself if left out."
    ),
]
TickOption = Annotated[
    float, typer.Option("--tick", help="Minutes between two scorings.", min=0.1, max=24 * 60)
]
LatenessOption = Annotated[
    float,
    typer.Option(
        "--lateness", help="Minutes by which an event may come out of order.", min=0, max=30 * 24 * 60
    ),
]


def set_up(
    model: Path = DEFAULT_MODEL,
    calibration: Path | None = None,
    log_format: str | None = None,
    tick_minutes: float = 5.0,
    lateness_minutes: float = 60.0,
) -> Setup:
    """Put a replay together from options, the key in the environment and the present."""
    if log_format is not None:
        check_format(log_format)
    admission = _admission(tick_minutes, lateness_minutes)
    secret, latest = os.environ.get(KEY_VARIABLE), datetime.now(UTC) + AHEAD
    return compose.set_up(model, calibration, log_format, admission, secret, latest)


def set_up_stream(
    store: str,
    model: Path,
    calibration: Path | None,
    log_format: str,
    tick_minutes: float,
    lateness_minutes: float,
) -> Setup:
    """The same for what keeps state in `store`, under a secret that outlives the process."""
    check_format(log_format)
    admission = _admission(tick_minutes, lateness_minutes)
    secret = stream_secret(os.environ, store)
    return compose.set_up(model, calibration, log_format, admission, secret)


def check_format(name: str) -> None:
    """Raise `FormatError` for a name that is no format, before anything is read or written."""
    if name not in FORMATS:
        raise FormatError(f"format {name!r} is not known; choose with --format, one of {', '.join(FORMATS)}")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Show what a user can mend as a message, and end with `EXIT_ERROR`."""
    try:
        yield
    except (
        SourceError,
        FormatError,
        ModelError,
        WeightsError,
        CalibrationError,
        WorldError,
        FindingsError,
        SinkError,
        StoreError,
        FrameError,
        StateError,
        MetricsError,
        SpansError,
        HookError,
        OSError,
    ) as error:
        # A pipe that closed is not an error of ours to describe.
        if isinstance(error, BrokenPipeError):
            raise
        Console(stderr=True).print(f"error: {_told(error)}", style="bold red", markup=False, highlight=False)
        raise typer.Exit(EXIT_ERROR) from None


_OF_PATHS: Final = frozenset(
    {errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG}
)


def _told(error: Exception) -> str:
    """The system's errors name a number and no remedy where a path is wrong; ours end with their remedy."""
    if not isinstance(error, OSError) or error.filename is None:
        return str(error)
    remedy = "; check the path, and that you may use it" if error.errno in _OF_PATHS else ""
    return f"{error.filename}: {error.strerror}{remedy}"


def _admission(tick_minutes: float, lateness_minutes: float) -> AdmissionSettings:
    return AdmissionSettings(tick=round(tick_minutes * 60_000), lateness=round(lateness_minutes * 60_000))
