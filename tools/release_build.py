"""Build the distributions of a commit: `python -m tools.release_build [--ref REF] --out DIR`.

Wheel and source distribution, of `stillwatch` and of `stillwatch-client`, from what is committed and nothing
else. The same commit gives the same bytes under the locked setuptools: times are the commit's, owners and
modes are fixed (reproducible-builds.org, SOURCE_DATE_EPOCH).
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from tools.release_closure import ReleaseError

ROOT: Final = Path(__file__).parents[1]
PROJECTS: Final = (".", "client")
_HOOK: Final = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"
"""PEP 517's hooks, called as a front end would"""


def build(ref: str, out: Path) -> list[Path]:
    """Distributions of a commit, written into `out`; raises `ReleaseError` with what went wrong."""
    out.mkdir(parents=True, exist_ok=True)
    seconds = commit_time(ref)
    with tempfile.TemporaryDirectory(prefix="stillwatch-build-") as scratch:
        tree = Path(scratch, "tree")
        _unpack(io.BytesIO(_git("archive", "--format=tar", ref)), tree)
        return [
            made for name in PROJECTS for made in _distributions(tree / name, Path(scratch), seconds, out)
        ]


def commit_time(ref: str) -> int:
    """Unix time of a commit."""
    return int(_git("log", "-1", "--format=%ct", ref))


def _distributions(project: Path, scratch: Path, seconds: int, out: Path) -> list[Path]:
    """The source distribution, and a wheel made of nothing but that."""
    made = Path(tempfile.mkdtemp(dir=scratch))
    _hook("build_sdist", project, made, seconds)
    (source,) = made.glob("*.tar.gz")
    final = out / source.name
    final.write_bytes(normalised(source.read_bytes(), seconds))
    unpacked = Path(tempfile.mkdtemp(dir=scratch))
    _unpack(io.BytesIO(gzip.decompress(final.read_bytes())), unpacked)
    (tree,) = unpacked.iterdir()
    _hook("build_wheel", tree, made, seconds)
    (wheel,) = made.glob("*.whl")
    return [final, wheel.rename(out / wheel.name)]


def normalised(archive: bytes, seconds: int) -> bytes:
    """A compressed tar archive with its members in order, and nothing in it of who made it and when."""
    packed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as old,
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=seconds) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member in sorted(old.getmembers(), key=lambda one: one.name):
            new.addfile(_plain(member, seconds), old.extractfile(member) if member.isfile() else None)
    return packed.getvalue()


def _plain(member: tarfile.TarInfo, seconds: int) -> tarfile.TarInfo:
    executable = member.isdir() or bool(member.mode & 0o100)
    plain = member.replace(
        mtime=seconds, mode=0o755 if executable else 0o644, uid=0, gid=0, uname="", gname="", deep=False
    )
    plain.pax_headers = {}
    return plain


def _unpack(archive: io.BytesIO, where: Path) -> None:
    with tarfile.open(fileobj=archive) as opened:
        opened.extractall(where, filter="data")


def _hook(name: str, project: Path, out: Path, seconds: int) -> None:
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(seconds), "PYTHONHASHSEED": "0"}
    done = subprocess.run(  # noqa: S603 - this interpreter, with our own words
        [sys.executable, "-c", _HOOK, name, str(out)], cwd=project, env=environment, umask=0o022,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise ReleaseError(f"{name} failed:\n{done.stderr[-2000:]}")


def _git(*words: str) -> bytes:
    command = ["git", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise ReleaseError(f"git {words[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def main() -> None:
    """Build, and say what was made."""
    parser = argparse.ArgumentParser(description="Build the distributions of a commit.")
    parser.add_argument("--ref", default="HEAD", help="what to build, by default what is checked out")
    parser.add_argument("--out", type=Path, default=Path("dist"), help="folder for what is made")
    said = parser.parse_args()
    for made in build(said.ref, said.out):
        print(made)


if __name__ == "__main__":
    main()
