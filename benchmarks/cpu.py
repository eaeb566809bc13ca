"""CPU time that processes spent, by proc(5)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Stat(NamedTuple):
    """In clock ticks."""

    parent: int
    own: int
    waited: int
    """of children that ended and were waited for"""


def seconds_of(processes: Iterable[int]) -> float:
    """Of some processes and all of their threads, without their children."""
    return sum(_stat(process).own for process in processes) / os.sysconf("SC_CLK_TCK")


def seconds_of_all() -> float:
    """Of this process and all that it started, those that ended included."""
    found = {int(path.name): _stat(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    mine, more = set[int](), {os.getpid()}
    while more:
        mine |= more
        more = {process for process, stat in found.items() if stat.parent in mine} - mine
    return sum(found[process].own + found[process].waited for process in mine) / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> _Stat:
    """Nothing, of one that has ended meanwhile."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return _Stat(0, 0, 0)
    own, waited = (sum(map(int, fields[at : at + 2])) for at in (11, 13))
    return _Stat(int(fields[1]), own, waited)
