from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import IO, TYPE_CHECKING

import httpx
import pytest

from detector.casework.cases import Cases
from detector.demo.place import HOST, Place
from detector.outputs import ALERTS
from detector.report.page import REPORT
from detector.store.opening import open_database, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK = "100000"
PATIENCE = 60
"""seconds for a process to end"""


@contextmanager
def demo(out: Path, port: int, *options: str) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """The command in a process of its own, and what it prints."""
    command = [sys.executable, "-m", "detector.cli", "demo", "--out", str(out), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout
        finally:
            process.kill()


def until(said: IO[str], wanted: str) -> list[str]:
    """What is printed up to a line that holds `wanted`."""
    lines: list[str] = []
    for line in said:
        lines.append(line)
        if wanted in line:
            return lines
    pytest.fail("".join(lines))


def link_in(lines: list[str]) -> str:
    """The link that signs in."""
    (line,) = [line for line in lines if line.startswith("sign in:")]
    return line.split()[-1]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        yield listening.getsockname()[1]


def opened(link: str) -> httpx.Response:
    """What a browser without cookies gets of the link, once the service answers."""
    transport = httpx.HTTPTransport(retries=5)
    with httpx.Client(follow_redirects=True, transport=transport, timeout=PATIENCE) as browser:
        return browser.get(link)


def test_the_demo_is_streamed_into_a_console_and_begins_anew(tmp_path: Path, taken: int) -> None:
    """One link signs an administrator in, alerts become cases, and a second demo starts from nothing."""
    with demo(tmp_path, taken, "--no-wait", "--speed", QUICK) as (process, said):
        lines = until(said, "The link works once")
        page = opened(link_in(lines))
        assert (page.status_code, page.url.path) == (200, "/console/queue")
        assert "demo, admin" in page.text
        assert opened(link_in(lines)).status_code == httpx.codes.GONE
        rest = said.read()
        assert process.wait(PATIENCE) == 0, rest
    assert f"port {taken} is taken" in "".join(lines)
    assert "alert: campaign" in rest
    assert "Made as, and found to be" in rest
    _holds_together(tmp_path)
    _is_anew(tmp_path, taken)


def _holds_together(out: Path) -> None:
    """The stream found what the replay for the report did, and all of it is a case."""
    place = Place(out / "live")
    replayed = [json.loads(line) for line in (out / ALERTS).read_text(encoding="utf-8").splitlines()]
    with closing(open_store(place.store)) as store, closing(open_database(place.store)) as database:
        streamed = [json.loads(one.alert.body) for one in store.alerts(0, 1000)]
        assert {Cases(database).case(one["alert_id"]).kind for one in streamed} == {"account", "campaign"}
    identity = ("alert_id", "revision", "time", "subject_id", "score", "status")
    assert [[one[name] for name in identity] for one in streamed] == [
        [one[name] for name in identity] for one in replayed
    ]
    assert (out / REPORT).exists()


def _is_anew(out: Path, port: int) -> None:
    with demo(out, port) as (process, said):
        lines = until(said, "The link works once")
        page = opened(link_in(lines))
        assert page.is_success, page.text
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, said.read()
    assert "what an earlier demo left there is removed" in "".join(lines)
