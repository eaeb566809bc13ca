from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

FOLDER: Final = Path(__file__).parents[2] / "deploy" / "compose"
SHOW: Final = '#!/bin/sh\necho "${STILLWATCH_HASH_KEY-none} ${PGPASSWORD-none} $*"\n'


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs, in which `stillwatch` and `topics` say how they were started."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("stillwatch", "topics"):
        (folder / name).write_text(SHOW, encoding="ascii")
        (folder / name).chmod(0o755)
    return folder


def started(programs: Path, secrets: Path, kernels: Path, cache: Path) -> str:
    """What `stillwatch` saw when the container's entry point started it."""
    environment = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "STILLWATCH_SECRETS": str(secrets),
        "STILLWATCH_KERNELS": str(kernels),
        "NUMBA_CACHE_DIR": str(cache),
    }
    command = [str(FOLDER / "entrypoint.sh"), "run", "--role", "a b"]
    return subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout


def test_secrets_are_made_once(tmp_path: Path) -> None:
    """Each is 256 random bits, kept when it is there, in a folder for its owner alone."""
    folder = tmp_path / "secrets"
    subprocess.run([FOLDER / "secrets.sh", folder], check=True, capture_output=True)
    first = {path.name: path.read_text(encoding="ascii") for path in folder.iterdir()}
    subprocess.run([FOLDER / "secrets.sh", folder], check=True, capture_output=True)
    assert {path.name: path.read_text(encoding="ascii") for path in folder.iterdir()} == first
    assert first.keys() == {"hash_key", "database_password", "grafana_password"}
    assert len({bytes.fromhex(secret) for secret in first.values()}) == 3
    assert {len(secret) for secret in first.values()} == {64}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_secrets_reach_the_process_alone(programs: Path, tmp_path: Path) -> None:
    """They are read out of files into the environment of what is started, and arguments arrive as given."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "hash_key").write_text("abc", encoding="ascii")
    (secrets / "database_password").write_text("def\n", encoding="ascii")
    assert started(programs, secrets, tmp_path / "no", tmp_path / "cache") == "abc def run --role a b\n"


def test_without_secrets_none_is_set(programs: Path, tmp_path: Path) -> None:
    """A store that is a file needs none."""
    assert started(programs, tmp_path, tmp_path / "no", tmp_path / "cache") == "none none run --role a b\n"


def test_compiled_kernels_are_copied_once(programs: Path, tmp_path: Path) -> None:
    """They come from the image at the first start; what was compiled since stays at the next."""
    kernels, cache = tmp_path / "kernels", tmp_path / "cache"
    kernels.mkdir()
    (kernels / "fold.nbc").write_text("shipped", encoding="ascii")
    started(programs, tmp_path, kernels, cache)
    assert (cache / "fold.nbc").read_text(encoding="ascii") == "shipped"
    (cache / "fold.nbc").write_text("newer", encoding="ascii")
    started(programs, tmp_path, kernels, cache)
    assert (cache / "fold.nbc").read_text(encoding="ascii") == "newer"


def test_topics_are_made_where_they_are_missing(programs: Path) -> None:
    """Events get the partitions that are asked for, and verdicts are compacted."""
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "KAFKA_TOPICS": "topics"}
    command = [str(FOLDER / "topics.sh"), "kafka:9092", "8"]
    said = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
    lines = {line.split("--topic ")[1].split()[0]: line for line in said.splitlines()}
    assert all("--if-not-exists" in line and "kafka:9092" in line for line in lines.values())
    assert "--partitions 8" in lines["llm.usage"]
    assert "cleanup.policy=compact" in lines["stillwatch.verdicts"]
