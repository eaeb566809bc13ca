"""Install a built wheel by itself and try it: `python -m tools.release_install WHEEL [--demo]`.

The environment is new and holds the wheel; what that depends on is read from the environment of this
interpreter, where the lock is installed. Nothing of the checkout is on its path.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from tools.release_closure import PROJECT, ReleaseError

if TYPE_CHECKING:
    from collections.abc import Sequence


def install(wheel: Path, where: Path) -> Path:
    """The `stillwatch` of a new environment at `where` that holds the wheel; raises `ReleaseError`."""
    venv.create(where, with_pip=False)
    python = where / "bin" / "python"
    options = ["--quiet", "--no-compile", "--no-deps", "--no-index", "--disable-pip-version-check"]
    run([sys.executable, "-m", "pip", "--python", str(python), "install", *options, str(wheel)], where)
    (site,) = where.glob("lib/python*/site-packages")
    # A path file in a folder that a path file names is not read, so that no checkout comes along.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return where / "bin" / PROJECT


def run(command: Sequence[str], folder: Path) -> str:
    """What a command prints, run in `folder` without our Python path; raises `ReleaseError` if it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603 - what was just built
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ReleaseError(
            f"{command[0]} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}"
        )
    return done.stdout


def attempt(wheel: Path, *, demo: bool) -> None:
    """Install and try: the version, a new store with its migrations and, with `demo`, the whole sample log.

    The demo compiles every kernel, a minute or more of a core. Raises `ReleaseError`.
    """
    with tempfile.TemporaryDirectory(prefix="stillwatch-install-") as scratch:
        folder = Path(scratch)
        command = str(install(wheel, folder / "environment"))
        print(run([command, "--version"], folder).strip())
        print(run([command, "store", "upgrade", "--store", "sqlite:///new.db"], folder).strip())
        if demo:
            said = run([command, "demo", "--report", "--out", "demo"], folder)
            print(said.strip().splitlines()[-1])


def main() -> None:
    """Try a wheel."""
    parser = argparse.ArgumentParser(description="Install a built wheel by itself and try it.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--demo", action="store_true", help="replay the whole sample log as well")
    said = parser.parse_args()
    attempt(said.wheel.resolve(), demo=said.demo)


if __name__ == "__main__":
    main()
