"""Prometheus' own tool, which reads rules and expositions as Prometheus does."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Final

import pytest

_FOLDER: Final = Path(__file__).parents[3] / ".venv/promtool"
_PACKAGE: Final = "prometheus"
_MEMBER: Final = "./usr/bin/promtool"


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The installed one, or else the one of Debian's package, fetched once and not installed."""
    found = shutil.which("promtool")
    if found is not None:
        return Path(found)
    tool = _FOLDER / "promtool"
    if not tool.exists():
        _fetch(tool)
    return tool


def _fetch(tool: Path) -> None:
    if shutil.which("apt-get") is None:
        pytest.fail("these tests need promtool: install Prometheus, so that promtool is on the PATH")
    tool.parent.mkdir(parents=True, exist_ok=True)
    # A machine that never asked knows no packages.
    if subprocess.run(["apt-get", "download", "-qq", _PACKAGE], cwd=tool.parent, check=False).returncode:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "download", "-qq", _PACKAGE], cwd=tool.parent, check=True)
    (package,) = tool.parent.glob(f"{_PACKAGE}_*.deb")
    _take_out(package, tool)
    package.unlink()


def _take_out(package: Path, tool: Path) -> None:
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpacking:
        with tarfile.open(fileobj=unpacking.stdout, mode="r|") as files:
            member = next(each for each in files if each.name == _MEMBER)
            content = files.extractfile(member)
            assert content is not None
            part = tool.with_suffix(".part")
            part.write_bytes(content.read())
        unpacking.kill()
    part.chmod(0o755)
    part.replace(tool)
