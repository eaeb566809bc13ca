"""`stillwatch serve` as a process, over real sockets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.detector.hook.ingest.serving import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 60.0


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A process over `store.db` and its address; killed at the end of the block. What it says is in `log`."""
    log = folder / "log"
    command = [sys.executable, "-m", "detector.cli", "serve", "--http", "127.0.0.1:0", "--no-keys"]
    command += ["--store", f"sqlite:///{folder / 'store.db'}"]
    if "--metrics" not in options:
        command += ["--metrics", "none"]
    environ = {**os.environ, "STILLWATCH_HASH_KEY": SECRET, "OMP_NUM_THREADS": "1"}
    with log.open("wb") as said, subprocess.Popen([*command, *options], stderr=said, env=environ) as process:
        try:
            address = said_in(log, r'"http":"([^"]+)"', process)
            yield f"http://{address}", process
        finally:
            process.kill()


def said_in(log: Path, pattern: str, process: subprocess.Popen[Any]) -> str:
    """What the log says, once it does."""
    end = time.monotonic() + PATIENCE
    while (found := re.search(pattern, log.read_text())) is None:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.02)
    return found[found.re.groups]
