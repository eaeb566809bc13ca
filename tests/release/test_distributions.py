from __future__ import annotations

import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Final

import pytest

from tools.release_build import build
from tools.release_install import install, run

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("detector", "features", "models", "streaming")
IDENTITY: Final = "release@stillwatch"
PROGRAM: Final = """
import detector.console.assets, detector.console.templating
from detector.cli.compose import set_up
from detector.defaults import DEFAULT_MODEL
from detector.store.opening import upgrade
upgrade("sqlite:///new.db")
print(set_up(DEFAULT_MODEL).artefact.model_id, detector.__file__)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distributions of what is committed."""
    folder = tmp_path_factory.mktemp("built")
    build("HEAD", folder)
    return folder


@pytest.fixture
def release(built: Path, tmp_path: Path) -> Path:
    """A folder of distributions that may be changed."""
    return Path(shutil.copytree(built, tmp_path / "release"))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key made for this test; beside it, `signers` trusts it."""
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    public = path.with_suffix(".pub").read_text(encoding="ascii")
    (tmp_path / "signers").write_text(f"{IDENTITY} {public}", encoding="ascii")
    return path


def tracked(*folders: str) -> set[str]:
    """Files that are committed below some folders."""
    listed = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", "HEAD", *folders],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return set(listed.stdout.splitlines())


def sign(release: Path, key: Path) -> None:
    """Sum and sign all that is in a folder."""
    subprocess.run([ROOT / "tools/release_sign.sh", release, key], check=True)


def verified(release: Path) -> bool:
    """Whether a folder is as it was signed."""
    command = [ROOT / "tools/release_verify.sh", release, release.parent / "signers"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_every_committed_file_of_the_packages_is_in_the_wheel(built: Path) -> None:
    """Code, console, templates, migrations, models and samples ship, and nothing else but metadata."""
    (wheel,) = built.glob("stillwatch-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
        metadata = [name for name in archive.namelist() if ".dist-info/" in name]
    assert shipped == tracked(*PACKAGES)
    assert any(name.endswith("licenses/LICENSE") for name in metadata)


def test_the_source_distribution_holds_what_the_wheel_is_made_of(built: Path) -> None:
    """It has the packages and what builds them, and names nobody."""
    (source,) = built.glob("stillwatch-*.tar.gz")
    with tarfile.open(source) as archive:
        members = archive.getmembers()
    names = {member.name.partition("/")[2] for member in members if member.isfile()}
    assert names >= tracked(*PACKAGES) | {"pyproject.toml", "README.md", "LICENSE"}
    assert {(member.uid, member.gid, member.uname, member.gname) for member in members} == {(0, 0, "", "")}


def test_two_builds_have_equal_bytes(built: Path, tmp_path: Path) -> None:
    """Wheels and source distributions of a commit do not depend on when and where they are built."""
    again = build("HEAD", tmp_path)
    assert len(again) == len(list(built.iterdir())) == 4
    assert [path.read_bytes() for path in again] == [(built / path.name).read_bytes() for path in again]


def test_the_wheel_works_by_itself(built: Path, tmp_path: Path) -> None:
    """Out of the checkout, the command answers, and migrations, model and console are found."""
    (wheel,) = built.glob("stillwatch-*.whl")
    command = install(wheel, tmp_path / "environment")
    assert run([str(command), "--version"], tmp_path).strip() == wheel.name.split("-")[1]
    model, place = run([str(command.parent / "python"), "-c", PROGRAM], tmp_path).split()
    assert model.startswith("sw-")
    assert Path(place).is_relative_to(tmp_path)
    assert (tmp_path / "new.db").exists()


def test_a_signed_release_verifies(release: Path, key: Path) -> None:
    """What was signed and left alone is good; signing it again is fine."""
    sign(release, key)
    sign(release, key)
    assert verified(release)


@pytest.mark.parametrize("deed", ["change", "add", "remove", "resum", "unsign"])
def test_a_release_that_was_touched_does_not_verify(release: Path, key: Path, deed: str) -> None:
    """A changed, added or missing file, sums that were made anew, and a missing signature are noticed."""
    sign(release, key)
    wheel = next(release.glob("*.whl"))
    sums = release / "SHA256SUMS"
    if deed == "change":
        wheel.write_bytes(wheel.read_bytes() + b"x")
    elif deed == "add":
        (release / "more.whl").write_bytes(b"x")
    elif deed == "remove":
        wheel.unlink()
    elif deed == "resum":
        sums.write_text(sums.read_text(encoding="ascii").replace("0", "1"), encoding="ascii")
    else:
        (release / "SHA256SUMS.sig").unlink()
    assert not verified(release)
