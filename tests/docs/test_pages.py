from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.cli.compose import EXIT_BROKEN_OFF, EXIT_DEAD_LETTERS, EXIT_ERROR
from detector.outputs import ACCOUNTS, CAMPAIGNS
from features.adapters import FORMATS, REASONS
from features.contract import UsageEvent
from tests.docs.written import ROOT, pages, prose
from tests.support.logs import make_log, write_log
from tools.feature_table import PAGE, render

if TYPE_CHECKING:
    from pathlib import Path

    from click import Command

EVENTS = (ROOT / "docs/events.md").read_text(encoding="utf-8")
CLI = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> dict[str, Command]:
    """The commands of `stillwatch` by name; one of a group below it, such as `store info`, by both words."""
    return _below(typer.main.get_command(make_app()), "")


def _below(group: Any, name: str) -> dict[str, Command]:
    found: dict[str, Command] = {}
    for child, command in getattr(group, "commands", {}).items():
        deeper = _below(command, f"{name}{child} ")
        found |= deeper or {f"{name}{child}": command}
    return found


def table(page: str, heading: str) -> list[str]:
    """The names in the first column of the first table below a heading."""
    below = page.split(f"{heading}\n", 1)[1]
    rows = below[below.index("|---") :].split("\n\n", 1)[0].splitlines()[1:]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_the_page_of_features_is_fresh() -> None:
    """docs/features.md is what the catalogue says now: run `python -m tools.feature_table`."""
    assert (ROOT / PAGE).read_text(encoding="utf-8") == render()


def test_every_field_of_an_event_is_described() -> None:
    """docs/events.md lists the fields of the contract, all and no others."""
    fields = [field.name for field in msgspec.structs.fields(UsageEvent)]
    assert sorted(table(EVENTS, "## The usage event")) == sorted(fields)


def test_every_reason_and_format_is_described() -> None:
    """docs/events.md knows every reason for a dead letter and every format."""
    assert table(EVENTS, "### What cannot be read") == list(REASONS)
    assert all(f"`{name}`" in CLI for name in FORMATS)


def test_every_column_of_the_findings_is_described(tmp_path: Path) -> None:
    """docs/events.md names the columns that a replay writes, in their order."""
    log = write_log(tmp_path / "log.jsonl", make_log(1))
    result = CliRunner().invoke(make_app(), ["replay", log, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    below = EVENTS.split("**`accounts.parquet`**", 1)[1]
    assert table("x\n" + below, "x") == pq.read_schema(tmp_path / ACCOUNTS).names
    assert all(f"`{name}`" in below for name in pq.read_schema(tmp_path / CAMPAIGNS).names)


def test_every_command_and_option_is_described() -> None:
    """docs/cli.md mentions what `--help` does, below the command's own heading."""
    for name, command in commands().items():
        group = name.partition(" ")[0]
        section = CLI.split(f"\n## stillwatch {group}\n", 1)[1].split("\n## ", 1)[0]
        options = [option for parameter in command.params for option in parameter.opts if option[:2] == "--"]
        described = re.findall(r"`(?:[a-z-]+ )?(--[a-z-]+)", section)
        missing = set(options) - {"--help", *described}
        assert not missing, f"stillwatch {name}: {missing}"
        assert f"stillwatch {group}" in README


def test_numbers_are_those_that_the_program_begins_with() -> None:
    """The row of an option names its default, unless it is as for another command."""
    for name, command in commands().items():
        section = CLI.split(f"\n## stillwatch {name.partition(' ')[0]}\n", 1)[1].split("\n## ", 1)[0]
        for option in command.params:
            rows = re.findall(rf"(?m)^\| .*`{option.opts[0]}\b.*", section)
            if rows and option.default and type(option.default) in {int, float}:
                told = f"{option.default:,}".removesuffix(".0")
                known = {told, told.replace(",", ""), "as for"}
                assert any(one in row for row in rows for one in known), f"{name} {option.opts[0]}: {told}"


def test_no_option_is_described_that_does_not_exist() -> None:
    """An option in docs/cli.md is one that a command has."""
    parameters = [parameter for command in commands().values() for parameter in command.params]
    known = {option for each in parameters for option in (*each.opts, *each.secondary_opts)}
    known |= {"--help", "--version", "--config", "--install-completion", "--show-completion"}
    assert not set(re.findall(r"`(?:[a-z-]+ )?(--[a-z-]+)", CLI)) - known


def test_exit_codes_are_described() -> None:
    """docs/cli.md lists the codes that the commands end with."""
    below = CLI.split("code | meaning |\n", 1)[1].split("\n\n", 1)[0]
    codes = [int(row.split("|")[1]) for row in below.splitlines()[1:]]
    assert codes == [0, EXIT_DEAD_LETTERS, EXIT_ERROR, EXIT_BROKEN_OFF]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link or picture exists in the repository, where pages are read as well as on the site."""
    text = re.sub(r"`[^`]*`", "", prose(page.read_text(encoding="utf-8")))
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", text)
    local = [target for pair in targets for target in pair if target and "://" not in target]
    assert not [target for target in local if not (page.parent / target).exists()]
