from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from detector.cli.config import default_map
from detector.store.opening import upgrade

EXAMPLE = Path(__file__).parents[3] / "deploy" / "stillwatch.toml"


def run(*arguments: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(make_app(), list(arguments))


def said(result: Result) -> str:
    """What it printed, on one line and without a frame."""
    return " ".join(result.output.replace("│", " ").split())


def test_the_example_names_options_that_exist() -> None:
    """deploy/stillwatch.toml is read, and each table reaches its command under the parameter's name."""
    found = default_map(EXAMPLE, typer.main.get_command(make_app()))
    assert found["run"]["dead_letter_limit"] == 0.1
    assert found["run"]["log_format"] == "canonical"
    assert found["doctor"]["brokers"] == found["run"]["brokers"]
    assert found["dead-letters"]["redrive"]["limit"] == 10_000
    assert found["store"]["info"] == {"store": found["run"]["store"], "tick": 5.0}
    assert "brokers" not in found["replay"]


def test_one_value_serves_where_several_may_be_given(tmp_path: Path) -> None:
    """A single topic need not be written as a list."""
    path = tmp_path / "settings.toml"
    path.write_text('[run]\ntopic = "llm.usage"\n')
    found = default_map(path, typer.main.get_command(make_app()))
    assert found["run"] == {"topic": ["llm.usage"]}


def test_a_file_gives_what_the_command_line_leaves_out(tmp_path: Path) -> None:
    """The store of [common] is used, one of the command's own table before it, and an option before both."""
    for name in ("common", "own", "option"):
        upgrade(f"sqlite:///{tmp_path / name}.db")
    path = tmp_path / "settings.toml"
    path.write_text(f'[common]\nstore = "sqlite:///{tmp_path}/gone.db"\n')
    assert "gone.db: there is no such file" in said(run("--config", str(path), "store", "info"))
    path.write_text(path.read_text() + f'[store.info]\nstore = "sqlite:///{tmp_path}/own.db"\n')
    assert run("--config", str(path), "store", "info").exit_code == 0
    assert "gone.db" in said(run("--config", str(path), "dead-letters", "counts"))
    option = ("--store", f"sqlite:///{tmp_path}/option.db")
    assert run("--config", str(path), "dead-letters", "counts", *option).exit_code == 0


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[runs]\n", "[runs]: is no table for a command; there are common, replay"),
        (
            "[store.runs]\n",
            "[store.runs]: is no table for a command; there are upgrade, info, backup, retire",
        ),
        ('[run]\ntopics = ["x"]\n', "[run]: no option 'topics'; there are alerts"),
        ('[common]\nbroker = "x"\n', "[common]: no command has an option 'broker'"),
        ('brokers = "x"\n', "[brokers]: is no table"),
        ("run = 3\n", "[run]: is a value, not a table"),
        ("[run.topic]\n", "[run.topic]: is a table, not a value"),
        ("[run\n", "is no TOML"),
        ("[status]\nevery = 'often'\n", "Invalid value for '--every'"),
        ("[status]\nevery = [1.0]\n", "[status.every]: is a list, and the option takes one value"),
    ],
)
def test_what_a_file_gets_wrong_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    """A misspelt key would be a setting that is silently not made."""
    path = tmp_path / "settings.toml"
    path.write_text(text)
    result = run("--config", str(path), "status", "--once")
    assert result.exit_code == 2
    assert complaint in said(result)
    assert "Traceback" not in result.output


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message says what to do."""
    result = run("--config", str(tmp_path / "absent.toml"), "status")
    assert result.exit_code == 2
    assert "name a file that can be read" in said(result)
