from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.defaults import KEY_VARIABLE
from detector.store.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

SERVE = ("serve", "--http", "127.0.0.1:0", "--origin", "http://127.0.0.1:8787")
READERS = (("run",), SERVE, (*SERVE, "--run"))


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret is in a file alone."""
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def ran(url: str, queue: Path, *command: str) -> tuple[int, str]:
    """How a command over a queue ends, and what it says."""
    asked = [*command, "--queue", str(queue), "--store", url, "--metrics", "none"]
    result = CliRunner().invoke(make_app(), asked, env={"COLUMNS": "300"})
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_a_lost_secret_is_not_replaced(tmp_path: Path, sqlite_template: Path, command: tuple[str]) -> None:
    """What is stored was hashed under it: the file that is missing is named, and none is made."""
    path = tmp_path / "store.db"
    shutil.copy(sqlite_template, path)
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.expect(["t/0"], 0)
    code, said = ran(f"sqlite:///{path}", tmp_path / "queue", *command)
    assert code == 2
    assert (
        f"the store is in use, and there is neither {KEY_VARIABLE} nor {path}.key; restore the file" in said
    )
    assert not path.with_name("store.db.key").exists()


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_a_store_in_no_folder_is_told_plainly(tmp_path: Path, command: tuple[str]) -> None:
    """With the option and the remedy, wherever the secret is looked for first."""
    code, said = ran(f"sqlite:///{tmp_path / 'absent' / 'a.db'}", tmp_path / "queue", *command)
    assert code == 2, said
    assert "No such file or directory; name " in said
    assert "may be written" in said
    assert list(tmp_path.iterdir()) == []


def test_a_secret_that_cannot_be_read_is_told_plainly(tmp_path: Path, sqlite_template: Path) -> None:
    """What is in its place may be a folder, or somebody else's."""
    shutil.copy(sqlite_template, tmp_path / "store.db")
    (tmp_path / "store.db.key").mkdir()
    code, said = ran(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "queue", "run")
    assert code == 2
    assert f"secret {tmp_path / 'store.db.key'}: Is a directory; name a --store" in said
    assert f"or set {KEY_VARIABLE}" in said
