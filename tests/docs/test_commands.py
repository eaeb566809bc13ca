from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import typer

from detector.cli.app import make_app
from tests.docs.written import PROGRAM, ROOT, blocks, calls, pages, prose

if TYPE_CHECKING:
    from pathlib import Path

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FOLDERS = ("deploy", "tools", "benchmarks", "detector", "features", "models", "streaming", "tests", "docs")
LEFT_OUT = "…"
ANY_PAGE = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))


@pytest.fixture(scope="module")
def program() -> Any:
    """The real command line."""
    return typer.main.get_command(make_app())


@ANY_PAGE
def test_commands_can_be_given(page: Path, program: Any) -> None:
    """What blocks call has such commands and options, and nothing that is required is missing."""
    for block in blocks(page.read_text(encoding="utf-8")):
        for said in calls(block):
            parsed(program, said, whole=LEFT_OUT not in said)


@ANY_PAGE
def test_commands_in_running_text_exist(page: Path, program: Any) -> None:
    """So do those, though they name no more than what the sentence is about."""
    for code in re.findall(rf"`({PROGRAM} [^`]+)`", prose(page.read_text(encoding="utf-8"))):
        for said in calls(code.replace("COMMAND", "")):
            parsed(program, [*said, "VALUE"] if said[-1].startswith("--") else said, whole=False)


@ANY_PAGE
def test_paths_in_running_text_exist(page: Path) -> None:
    """A file or folder of this repository that a page names is there."""
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`", prose(page.read_text(encoding="utf-8")))
    assert [path for path in named if not (ROOT / path).exists() and not list(ROOT.glob(f"{path}.py"))] == []


@ANY_PAGE
def test_make_targets_exist(page: Path) -> None:
    """`make` is asked for what the Makefile knows."""
    text = page.read_text(encoding="utf-8")
    asked = re.findall(r"(?m)^make(?: -\S+)? ([a-z]+)", "\n".join(blocks(text)))
    asked += re.findall(r"`make(?: -\S+)? ([a-z]+)[^`]*`", text)
    assert [target for target in asked if not re.search(rf"(?m)^{target}:", MAKEFILE)] == []


def parsed(program: Any, said: list[str], *, whole: bool) -> None:
    """Read arguments as the program would, without doing or opening anything; raises what that raises."""
    command, context, rest = program, program.make_context(PROGRAM, [], resilient_parsing=True), said
    values: dict[str, Any] = {}
    while True:
        values, rest, _ = command.make_parser(context).parse_args([word for word in rest if word != LEFT_OUT])
        if rest in ([], ["VALUE"]) or not hasattr(command, "commands"):
            break
        assert rest[0] in command.commands, f"{said}: no command {rest[0]}"
        command, rest = command.commands[rest[0]], rest[1:]
        context = type(context)(command, parent=context, info_name=said[0])
    assert not (whole and rest), f"{said}: {rest} is not read"
    missing = [one.name for one in command.params if one.required and not values.get(one.name)]
    assert not (whole and missing), f"{said}: {missing} must be given"
