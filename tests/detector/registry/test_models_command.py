from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from tests.detector.registry.shelves import FIRST, SECOND, model, trained

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object) -> Result:
    """Run the command line; nothing unexpected may be raised."""
    result = CliRunner().invoke(make_app(["models", "replay"]), [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry whose champion is the first model."""
    registry = tmp_path / "registry"
    assert run("models", "key", registry, "--out", tmp_path / "models.pem").exit_code == 0
    monkeypatch.setenv("STILLWATCH_MODELS_KEY", str(tmp_path / "models.pem"))
    run("models", "add", registry, model(tmp_path / FIRST, FIRST))
    assert run("models", "promote", registry, "v1", "--despite", "the first").exit_code == 0
    return registry


def test_a_model_goes_from_training_to_use_and_back(begun: Path, tmp_path: Path) -> None:
    """Added, promoted and rolled back, each in one command, and all of it in the history."""
    source = trained(tmp_path / SECOND, SECOND, FIRST)
    assert "added as v2" in run("models", "add", begun, source).output
    assert run("models", "promote", begun, SECOND).exit_code == 0
    listed = json.loads(run("models", "list", begun, "--json").output)
    assert [(one["version"], one["role"]) for one in listed] == [("v1", "former"), ("v2", "champion")]
    assert "version v1 is champion again" in run("models", "rollback", begun, "--why", "loud").output
    entries = json.loads(run("models", "history", begun, "--json").output)
    assert [one["action"] for one in entries] == ["add", "promote", "add", "promote", "rollback"]
    assert run("models", "verify", begun).exit_code == 0


def test_what_the_gate_refused_is_told(begun: Path, tmp_path: Path) -> None:
    """With 2, in words, and `show` names what got worse."""
    run("models", "add", begun, trained(tmp_path / SECOND, SECOND, FIRST, passed=False))
    result = run("models", "promote", begun, "v2")
    assert result.exit_code == 2
    assert "the gate refused it" in " ".join(result.output.split())
    assert "plan pro: worse" in run("models", "show", begun, "v2").output


def test_a_card_is_printed_as_it_was_added(begun: Path, tmp_path: Path) -> None:
    """Byte by byte."""
    run("models", "add", begun, trained(tmp_path / SECOND, SECOND, FIRST))
    assert run("models", "card", begun, "v2").output == f"# {SECOND}\n"


def test_a_registry_that_was_altered_ends_with_one(begun: Path) -> None:
    """The fault is named."""
    (begun / "versions" / "v1" / "card.md").write_text("better than it is")
    result = run("models", "verify", begun)
    assert result.exit_code == 1
    assert "altered" in result.output


def test_a_private_key_stays_out_of_the_registry(tmp_path: Path) -> None:
    """Who copies the registry must not get the key with it."""
    result = run("models", "key", tmp_path / "r", "--out", tmp_path / "r" / "models.pem")
    assert result.exit_code == 2
    assert not (tmp_path / "r").exists()


def test_a_registry_that_is_none_is_told_as_a_model(tmp_path: Path) -> None:
    """An option that names nothing usable ends with 2 before anything is read."""
    result = run("replay", "log", "--out", tmp_path, "--model", f"registry:{tmp_path}")
    assert result.exit_code == 2
    assert "this is no registry" in " ".join(result.output.replace("│", "").split())
