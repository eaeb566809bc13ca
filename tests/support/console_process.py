"""Everything in one process, as an operator starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from tests.detector.hook.ingest.serving import SECRET
from tests.detector.hook.service import free_port
from tests.support.console import HOST, Console, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def console_process(folder: Path, *options: str) -> Iterator[Console]:
    """`stillwatch serve --run`: hook, ingest, stream and console. It must end in good order."""
    served = Console(f"http://{HOST}:{free_port()}", f"sqlite:///{folder / 'store.db'}")
    command = [sys.executable, "-m", "detector.cli", "serve", "--run", "--queue", str(folder / "queue")]
    command += ["--http", served.origin.removeprefix("http://"), "--store", served.store_url]
    environ = os.environ | {"STILLWATCH_HASH_KEY": SECRET, "OMP_NUM_THREADS": "1"}
    log = folder / "log"
    with (
        log.open("wb") as said,
        subprocess.Popen([*command, "--metrics", "none", *options], stderr=said, env=environ) as process,
    ):
        try:
            eventually(lambda: _is_ready(served.origin, process, log))
            yield served
            process.terminate()
            assert process.wait(30) == 0, log.read_text()
        finally:
            process.kill()
    assert "Traceback" not in log.read_text()


def _is_ready(origin: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        return httpx.get(f"{origin}/readyz").is_success
    except httpx.TransportError:
        return False
