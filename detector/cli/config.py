"""`stillwatch --config FILE`: values of options in TOML. What the command line says counts more.

A table for each command, named as on the command line (`[run]`, `[dead-letters.redrive]`), and `[common]` for
every command that has the option. Options are written as on the command line, without the dashes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import typer

if TYPE_CHECKING:
    from pathlib import Path

COMMON: Final = "common"

Command: TypeAlias = Any
"""typer brings its own click, which names no public types"""


def default_map(path: Path, root: Command) -> dict[str, Any]:
    """What `path` says, as click takes it; raises `typer.BadParameter` naming the key that is wrong."""
    said = _read(path)
    common = _table(said.pop(COMMON, {}), COMMON, path)
    if unknown := common.keys() - _every_option(root):
        raise _wrong(path, COMMON, f"no command has an option {_one(unknown)!r}")
    return _group(root, said, common, path, "")


def _group(
    group: Command, said: Mapping[str, Any], common: Mapping[str, Any], path: Path, name: str
) -> dict[str, Any]:
    if unknown := said.keys() - group.commands.keys():
        known = ", ".join([*([] if name else [COMMON]), *group.commands])
        raise _wrong(path, f"{name}{_one(unknown)}", f"is no table for a command; there are {known}")
    return {
        child: _command(
            command, _table(said.get(child, {}), f"{name}{child}", path), common, path, f"{name}{child}"
        )
        for child, command in group.commands.items()
    }


def _command(
    command: Command, said: Mapping[str, Any], common: Mapping[str, Any], path: Path, name: str
) -> dict[str, Any]:
    if hasattr(command, "commands"):
        return _group(command, said, common, path, f"{name}.")
    known = _options(command)
    if unknown := said.keys() - known.keys():
        raise _wrong(path, name, f"no option {_one(unknown)!r}; there are {', '.join(sorted(known))}")
    chosen = {option: value for option, value in common.items() if option in known} | dict(said)
    return {
        known[option].name: _value(value, known[option], f"{name}.{option}", path)
        for option, value in chosen.items()
    }


def _options(command: Command) -> dict[str, Any]:
    """Parameters by the long names of their options."""
    return {
        option[2:]: parameter
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and parameter.name != "help"
    }


def _every_option(command: Command) -> set[str]:
    children = getattr(command, "commands", {}).values()
    own = set() if children else set(_options(command))
    return own.union(*(_every_option(child) for child in children))


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}; name a file that can be read") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} is no TOML: {error}") from None


def _table(value: object, name: str, path: Path) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(path, name, f"is a value, not a table; write it below [{COMMON}] or a command")
    return value


def _value(value: object, parameter: Any, name: str, path: Path) -> object:
    if isinstance(value, Mapping):
        raise _wrong(path, name, "is a table, not a value")
    many = isinstance(value, list)
    if many and not parameter.multiple:
        raise _wrong(path, name, "is a list, and the option takes one value")
    return [value] if parameter.multiple and not many else value


def _wrong(path: Path, key: str, what: str) -> typer.BadParameter:
    return typer.BadParameter(f"{path}: [{key}]: {what}")


def _one(names: set[str]) -> str:
    return min(names)
