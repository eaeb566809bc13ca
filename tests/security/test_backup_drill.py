"""docs/backup.md, command by command, while a stream runs; then the stream goes on in the new place."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import zstandard
from typer.testing import CliRunner, Result

import detector
from detector import compose
from detector.cli.app import make_app
from detector.defaults import DEFAULT_MODEL
from detector.store.opening import open_store, upgrade
from streaming.dead_letters import DeadLetterCounts
from tests.detector.hook.ingest.serving import Served, queued

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.postgres import Postgres

PAGE: Final = (Path(__file__).parents[2] / "docs/backup.md").read_text(encoding="utf-8")
SAMPLE: Final = Path(detector.__file__).parent / "sample/events.jsonl.zst"
EVENTS: Final = 1500
BEFORE: Final = 1000
LAST_TICK: Final = int(datetime(2026, 6, 3, 12, tzinfo=UTC).timestamp()) // 300
SECRET: Final = "a secret of the drill"
PATIENCE: Final = 150.0
CLOSING: Final = [
    b'{"event_id": "closing-%d", "time": "2026-06-03T16:00:00Z", "account_id": "closing"}' % number
    for number in range(8)
]
"""Events long after all others, which close every tick before them."""


@dataclass(frozen=True)
class Drill:
    """Where a store is, what the page's variables stand for there, and where it is afterwards."""

    heading: str
    store: str
    restored: str
    variables: Mapping[str, str]

    def blocks(self) -> list[str]:
        """The page's commands for this kind of store."""
        section = PAGE.split(f"\n## {self.heading}\n", 1)[1].split("\n## ", 1)[0]
        return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)

    def do(self, block: str) -> str:
        """Run a block as somebody who copies it; what it said."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            env={**os.environ, **self.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(params=["file", "server"])
def drill(request: pytest.FixtureRequest, tmp_path: Path) -> Drill:
    """Each kind of store, and folders for copies."""
    folders = {name: tmp_path / name.lower() for name in ("COPIES", "VAULT", "PLACE")}
    for folder in folders.values():
        folder.mkdir()
    programs = [str(Path(sys.executable).parent), os.environ["PATH"]]
    variables = {name: str(folder) for name, folder in folders.items()}
    if request.param == "file":
        store, restored = tmp_path / "stillwatch.db", folders["PLACE"] / "stillwatch.db"
        variables |= {"STORE": str(store), "PATH": os.pathsep.join(programs)}
        return Drill("A file", f"sqlite:///{store}", f"sqlite:///{restored}", variables)
    server: Postgres = request.getfixturevalue("postgres_server")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"), key=lambda path: float(path.parts[-3]))
    programs[1:1] = [str(path.parent) for path in found[-1:]]
    assert shutil.which("pg_dump", path=os.pathsep.join(programs)), "pg_dump is not installed"
    url = server.create_empty()
    restored_url = server.url("stillwatch_restored")
    variables |= {"STORE": url, "RESTORED": restored_url, "SERVER": server.url("postgres")}
    return Drill("PostgreSQL", url, restored_url, variables | {"PATH": os.pathsep.join(programs)})


def test_what_was_restored_goes_on_as_if_nothing_had_happened(drill: Drill, tmp_path: Path) -> None:
    """A copy of a running stream, restored elsewhere, finds what a replay finds: none lost, none twice."""
    lines = zstandard.ZstdDecompressor().stream_reader(SAMPLE.read_bytes()).read().splitlines()[:EVENTS]
    upgrade(drill.store)
    save, *rest = drill.blocks()
    with queued(tmp_path / "queue") as service:
        sent = send(service, lines[:BEFORE])
        first = started(tmp_path, drill.store, drill)
        until(drill.store, lambda store: accepted(store) >= BEFORE // 2)
        drill.do(save)
        sent += send(service, lines[BEFORE:])
        until(drill.store, lambda store: accepted(store) > BEFORE)
        first.kill()
        first.wait(10)
        said = [drill.do(block) for block in rest]
        sent += send(service, CLOSING)
        second = started(tmp_path, drill.restored, drill)
        until(drill.restored, lambda store: (store.leadership().concluded or 0) >= LAST_TICK)
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    assert "schema" in said[-1]
    assert_as_replayed(drill, tmp_path, lines, sent)


def test_a_copy_is_whole_and_its_owners_alone(tmp_path: Path) -> None:
    """It replaces nothing, leaves no log beside it, and what is not a file is left to its own tools."""
    store, copy = tmp_path / "stillwatch.db", tmp_path / "copy.db"
    upgrade(f"sqlite:///{store}")
    assert backup(copy, store).exit_code == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]
    open_store(f"sqlite:///{copy}").close()
    again = backup(copy, store)
    assert (again.exit_code, "is there already" in " ".join(again.output.split())) == (2, True)
    assert backup(tmp_path / "no/where.db", store).exit_code == 2


def test_a_damaged_store_gives_no_copy(tmp_path: Path) -> None:
    """Better none than one that is found out when it is needed."""
    store, copy = tmp_path / "stillwatch.db", tmp_path / "copy.db"
    upgrade(f"sqlite:///{store}")
    body = bytearray(store.read_bytes())
    body[3 * 8192 : 3 * 8192 + 4096] = b"\xa5" * 4096
    store.write_bytes(body)
    assert backup(copy, store).exit_code == 2
    assert not copy.exists()


def assert_as_replayed(drill: Drill, folder: Path, lines: list[bytes], sent: int) -> None:
    """Alerts and counts are those of a replay of all events."""
    alerts: list[Any] = []
    log = folder / "events.jsonl"
    log.write_bytes(b"\n".join(lines))
    replay = compose.set_up(DEFAULT_MODEL, secret=secret(drill)).replay
    counts = replay.run([str(log)], DeadLetterCounts(), alerts.extend, lambda _: None).counts
    with closing(open_store(drill.restored)) as store:
        found = [json.loads(one.alert.body) for one in store.alerts(0, 1_000_000)]
        (partition,) = store.partitions()
    assert found == [one.to_json() for one in alerts] != []
    assert partition.counts.accepted == counts.accepted + len(CLOSING)
    assert partition.counts.read == partition.counts.accepted == sent


def send(service: Served, lines: list[bytes]) -> int:
    """How many were taken."""
    taken: int = service.post("/v1/events", b"\n".join(lines)).json()["accepted"]
    return taken


def secret(drill: Drill) -> str:
    """A file's is beside it, a server's in the environment."""
    kept = Path(drill.restored.removeprefix("sqlite:///") + ".key")
    return kept.read_text() if drill.heading == "A file" else SECRET


def started(folder: Path, url: str, drill: Drill) -> subprocess.Popen[bytes]:
    """A process that reads the queue."""
    command = [sys.executable, "-m", "detector.cli", "run", "--queue", str(folder / "queue")]
    command += ["--store", url, "--idle", "60", "--metrics", "none", "--takeover", "6"]
    environ = {**os.environ, "OMP_NUM_THREADS": "1"}
    if drill.heading != "A file":
        environ["STILLWATCH_HASH_KEY"] = SECRET
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environ)


def backup(to: Path, store: Path) -> Result:
    """The command by itself."""
    return CliRunner().invoke(make_app(), ["store", "backup", str(to), "--store", f"sqlite:///{store}"])


def accepted(store: Any) -> int:
    """Events that were taken."""
    return sum(one.counts.accepted for one in store.partitions())


def until(url: str, true: Any) -> None:
    """Wait for something to become true of a store."""
    end = time.monotonic() + PATIENCE
    with closing(open_store(url)) as store:
        while not true(store):
            assert time.monotonic() < end, (store.partitions(), store.leadership())
            time.sleep(0.05)
