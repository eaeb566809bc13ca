"""Build the container image and try it as `compose.yaml` runs it: `python -m tools.image [--engine NAME]`.

What it promises is looked at from inside: no root, no capability, nothing to write to but /tmp. Then the
sample log is scored without a network, and no kernel may have been compiled for it.
"""

from __future__ import annotations

import argparse
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from tools.release_closure import ReleaseError
from tools.release_install import run

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).parents[1]
ENGINES: Final = ("docker", "podman")
KERNELS: Final = "/tmp/kernels"  # noqa: S108 - in the container, whose /tmp is its own
LOOK: Final = """
import os, pathlib
status = pathlib.Path("/proc/self/status").read_text()
held = {line.split()[1] for line in status.splitlines() if line.startswith("Cap")}
assert os.getuid() and os.getgid(), "runs as root"
assert held == {"0" * 16}, f"has capabilities: {held}"
assert "NoNewPrivs:\\t1" in status, "may get privileges"
for folder in ("/", "/opt/stillwatch", "/etc", "/var/lib"):
    try:
        pathlib.Path(folder, "probe").touch()
    except OSError:
        continue
    raise AssertionError(f"{folder} can be written to")
pathlib.Path("/tmp/probe").touch()
"""
SHIPPED: Final = "/opt/stillwatch/kernels"
DEMO: Final = f"""
stillwatch-entrypoint demo --report --out /tmp/demo
diff --recursive --brief {SHIPPED} {KERNELS} || {{ echo "kernels were compiled again" >&2; exit 1; }}
"""
"""What is compiled at a start is added to the copy of the kernels, so that the two differ."""


def engine_of(asked: str | None) -> str:
    """The program to call; raises `ReleaseError` where there is none."""
    found = next(filter(None, map(shutil.which, [asked] if asked else ENGINES)), None)
    if found is None:
        raise ReleaseError(f"no container engine: install {' or '.join(ENGINES)}, or name one with --engine")
    return found


def hardened(service: dict[str, Any]) -> list[str]:
    """Options of `run` that are those of a service of compose.yaml."""
    return [
        "--rm",
        "--network=none",
        *(["--read-only"] if service["read_only"] else []),
        *(f"--cap-drop={name}" for name in service["cap_drop"]),
        *(f"--security-opt={name}" for name in service["security_opt"]),
        *(f"--tmpfs={place}" for place in service["tmpfs"]),
        f"--user={service['user']}",
        f"--memory={service['mem_limit']}",
        f"--pids-limit={service['pids_limit']}",
    ]


def build(engine: str, image: str, options: Sequence[str]) -> None:
    """Build what is checked out; raises `ReleaseError`."""
    run([engine, "build", "--file", "Containerfile", "--tag", image, *options, "."], ROOT)


def attempt(engine: str, image: str, service: dict[str, Any]) -> None:
    """Look around inside, and score the sample log. Raises `ReleaseError`."""
    inside = [engine, "run", *hardened(service)]
    print(run([*inside, image, "--version"], ROOT).strip())
    run([*inside, "--entrypoint=python", image, "-c", LOOK], ROOT)
    print("runs without root, capabilities and a file system to write to")
    begun = time.monotonic()
    run([*inside, "--entrypoint=sh", image, "-ec", DEMO], ROOT)
    print(f"scored the sample log in {time.monotonic() - begun:.0f} s, with the kernels of the image")


def main() -> None:
    """Build and try."""
    parser = argparse.ArgumentParser(description="Build the container image and try it.")
    parser.add_argument("--engine", help="docker or podman; by default the one that is here")
    parser.add_argument(
        "--build-option",
        action="append",
        default=[],
        help="of the engine's build, as --build-option=--network=host",
    )
    said = parser.parse_args()
    engine = engine_of(said.engine)
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["worker"]
    build(engine, service["image"], said.build_option)
    attempt(engine, service["image"], service)


if __name__ == "__main__":
    main()
