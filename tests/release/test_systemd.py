from __future__ import annotations

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Final

import pytest
import typer

from detector.cli.app import make_app

UNITS: Final = sorted((Path(__file__).parents[2] / "deploy" / "systemd").iterdir())
ANALYZE: Final = "systemd-analyze"
EXPOSURE: Final = 20
"""tenths; what `systemd-analyze security` calls OK ends at 4.9, and the units are at 1.3"""


def each() -> pytest.MarkDecorator:
    """A test of every unit."""
    return pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)


def read(unit: Path) -> ConfigParser:
    """A unit's settings; of one that is given twice, the last."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit, encoding="utf-8")
    return parser


def instance(unit: Path, folder: Path) -> Path:
    """A copy that can be checked here, where nothing is installed; of a template, one instance."""
    text = unit.read_text(encoding="utf-8").replace("/opt/stillwatch/bin/stillwatch", "/bin/true")
    copy = folder / unit.name.replace("@.", "@9464.")
    copy.write_text(text.replace("EnvironmentFile=", "EnvironmentFile=-"), encoding="utf-8")
    return copy


@each()
@pytest.mark.skipif(sys.platform != "linux", reason="systemd is of Linux")
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path) -> None:
    """Every setting is known and has a value that it may have."""
    copy = instance(unit, tmp_path)
    command = [ANALYZE, "verify", "--man=no", "--recursive-errors=no", str(copy)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    complaints = [line for line in done.stderr.splitlines() if copy.name in line]
    assert (done.returncode, complaints) == (0, [])


@each()
@pytest.mark.skipif(sys.platform != "linux", reason="systemd is of Linux")
def test_the_unit_is_little_exposed(unit: Path, tmp_path: Path) -> None:
    """By systemd's own weights it is well below what that calls exposed."""
    copy = instance(unit, tmp_path)
    command = [ANALYZE, "security", "--offline=true", f"--threshold={EXPOSURE}", str(copy)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr


@each()
def test_the_unit_starts_a_command_that_we_have(unit: Path) -> None:
    """The command and its options exist."""
    command = typer.main.get_command(make_app())
    program, flag, path, name, *words = read(unit)["Service"]["ExecStart"].split()
    assert (program, flag) == ("/opt/stillwatch/bin/stillwatch", "--config")
    assert path == "/etc/stillwatch/stillwatch.toml"
    ours = getattr(command, "commands", {})[name]
    known = {option for parameter in ours.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@each()
def test_the_unit_has_rights_and_memory_of_its_own(unit: Path) -> None:
    """No user that stays, no way to more rights, a bound on memory, and a place for compiled kernels."""
    service = read(unit)["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["User"] == "stillwatch"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["MemoryMax"]
    assert "NUMBA_CACHE_DIR=%C/stillwatch/kernels" in service["Environment"]
