from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from detector.cli.kernels import VARIABLE, place_kernels


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a user who can write neither beside the modules nor at home."""
    # A variable that is set and removed again is restored whatever the test sets.
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.mark.usefixtures("nowhere")
def test_kernels_of_who_can_write_nowhere_have_a_private_folder() -> None:
    """Others can neither tell its name nor look in: what is loaded from it is run."""
    place_kernels()
    first = Path(os.environ[VARIABLE])
    assert first.stat().st_mode & 0o777 == 0o700
    place_kernels()
    assert os.environ[VARIABLE] == str(first)
    os.environ[VARIABLE] = ""
    place_kernels()
    assert os.environ[VARIABLE] != str(first)


@pytest.mark.usefixtures("nowhere")
def test_who_has_no_place_at_all_is_told_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, and not by a traceback."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    with pytest.raises(SystemExit, match=f"set {VARIABLE} to a folder"):
        place_kernels()


def test_who_can_keep_kernels_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are compiled once then, and numba finds the place: at home, where there is none beside modules."""
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "not" / "yet"))
    writable: list[Path] = []

    def only_at_home(folder: Path, _: int) -> bool:
        writable.append(Path(folder))
        return Path(folder) == tmp_path

    monkeypatch.setattr(os, "access", only_at_home)
    place_kernels()
    assert writable[-1] == tmp_path
    assert os.environ[VARIABLE] == ""
