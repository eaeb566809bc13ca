from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from detector.cli.app import make_app

if TYPE_CHECKING:
    from pathlib import Path

WHY = ("--why", "stop it")


def run(url: str, *arguments: str) -> Result:
    """Run a command on a store."""
    return CliRunner().invoke(make_app(), [*arguments, "--store", url], env={"COLUMNS": "300"})


@pytest.mark.parametrize(
    "arguments",
    [
        ("policy", "mode", "shadow", *WHY),
        ("policy", "allow", "acc-1", *WHY),
        ("policy", "undo", "acc-1", *WHY),
        ("policy", "show"),
        ("policy", "audit"),
        ("keys", "create", "nginx", "--scope", "decide"),
        ("keys", "list"),
        ("people", "add", "ada", "--role", "admin"),
        ("people", "list"),
        ("exports", "list"),
        ("export", "alr_1"),
        ("drift",),
        ("models", "shadow"),
        ("audit", "verify"),
        ("store", "info"),
    ],
    ids=" ".join,
)
def test_a_mistyped_store_is_an_error(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Rather than a new, empty one, in which the change would be of no effect."""
    result = run(f"sqlite:///{tmp_path / 'typo.db'}", *arguments)
    assert result.exit_code == 2, result.output
    said = " ".join(result.stderr.split())
    assert "typo.db: there is no such file; check its name, or run `stillwatch store upgrade`" in said
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_begun_by_its_upgrade(tmp_path: Path) -> None:
    """So that people and keys can be there before the first start."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    assert run(url, "store", "upgrade").exit_code == 0
    assert "/setup/" in run(url, "people", "add", "ada", "--role", "admin").output
