"""Where compiled kernels are kept by who can write neither beside the modules nor at home."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

VARIABLE: Final = "NUMBA_CACHE_DIR"


def place_kernels() -> None:
    """Give numba a private folder for the life of this process where it would find none and fail.

    Call it before anything imports numba, which reads the variable then. Ends the process with a message if
    there is no place at all.
    """
    if os.environ.get(VARIABLE) or _writable(Path(__file__).parent / "__pycache__") or _writable(_at_home()):
        return
    try:
        # Its name cannot be told beforehand and others cannot look in: what is loaded from it is run.
        folder = tempfile.mkdtemp(prefix="stillwatch-kernels-")
    except OSError:
        sys.exit(f"error: there is no place for compiled kernels; set {VARIABLE} to a folder you can write")
    os.environ[VARIABLE] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _at_home() -> Path:
    """What numba uses on Linux where it cannot write beside a module."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "numba"  # noqa: PTH111 - no home is no error


def _writable(folder: Path) -> bool:
    """Whether it is, or could be made."""
    found = next((one for one in (folder, *folder.parents) if os.path.lexists(one)), folder)
    return os.access(found, os.W_OK | os.X_OK)
