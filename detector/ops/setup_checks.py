"""Looks at what a process needs before it reads anything: its model, its secret, room on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.filesize import decimal

from detector import compose
from detector.defaults import KEY_VARIABLE
from detector.ops.checking import Check, failure, ok, warning
from detector.stream.secret import RESTORE, key_file, lost
from detector.thresholds import CalibrationError
from features.text.purposes import WeightsError
from models.artefact import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SQLITE: Final = "sqlite:///"
_FULL: Final = 256 << 20
_LITTLE: Final = 2 << 30


def set_up(
    model: Path, calibration: Path | None, log_format: str, secret: str | None
) -> tuple[compose.Setup | None, Check]:
    """What `run` would run with, if it can be had."""
    try:
        setup = compose.set_up(model, calibration, log_format, secret=secret)
    except (ModelError, WeightsError, CalibrationError, OSError) as error:
        return None, failure("model", error)
    said = f"{setup.artefact.model_id} loads"
    if calibration is None:
        remedy = "calibrate on your own traffic: stillwatch calibrate LOGS --out calibration.json"
        return setup, warning("model", f"{said}, without thresholds of your own: alerts are shadow", remedy)
    return setup, ok("model", f"{said}, with thresholds of {calibration}")


def secret_of(environ: Mapping[str, str], store: str) -> str | None:
    """The secret that `detector.stream.secret` would use, where there is one already."""
    said = environ.get(KEY_VARIABLE)
    path = key_file(store)
    if said or path is None or not path.exists():
        return said or None
    return path.read_text(encoding="ascii")


def secret_check(environ: Mapping[str, str], store: str, *, used: bool) -> Check:
    """Whether hashes are the same in every process, and after a restart; `used`: the store holds some."""
    if environ.get(KEY_VARIABLE):
        return ok("secret", f"{KEY_VARIABLE} is set")
    path = key_file(store)
    if path is None:
        remedy = "give every process that shares this store the same secret there"
        return failure("secret", f"{KEY_VARIABLE} is not set", remedy)
    if path.exists():
        return ok("secret", f"is in {path}; keep a copy, for without it the store is worth nothing")
    if used:
        return failure("secret", lost(path), RESTORE)
    return ok("secret", f"will be made in {path} by the first `stillwatch run`")


def disk_check(store: str) -> Check | None:
    """Room for a store that is a file; None: it is a server's."""
    if not store.startswith(_SQLITE):
        return None
    folder = Path(store.removeprefix(_SQLITE)).absolute().parent
    if not folder.is_dir():
        return failure("disk", f"{folder} is not there", "make the folder, or name another by --store")
    free = shutil.disk_usage(folder).free
    said = f"{decimal(free)} free in {folder}"
    if free < _FULL:
        return failure("disk", said, "make room: commits fail on a full disk")
    return warning("disk", said, "make room soon") if free < _LITTLE else ok("disk", said)


def is_unmade(store: str) -> bool:
    """Whether the store would be a file that is not there yet, in a folder that is."""
    path = Path(store.removeprefix(_SQLITE))
    return store.startswith(_SQLITE) and path.parent.is_dir() and not path.exists()
