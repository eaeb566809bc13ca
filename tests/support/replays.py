"""Replays of small logs through the command's own path, and what they found."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from rich.console import Console

from detector.cli.replay import replay_to
from detector.outputs import ACCOUNTS, ALERTS, CAMPAIGNS, LINKS, SUMMARY
from tests.support.logs import Event, write_log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from detector.cli.compose import Setup


@dataclass(frozen=True, slots=True)
class Findings:
    """The files of a replay, read."""

    files: dict[str, bytes] = field(repr=False)
    """everything that two replays of the same traffic must write alike, by name"""
    alerts: list[dict[str, Any]]
    accounts: dict[str, dict[str, Any]]
    """rows of accounts.parquet by account id"""
    summary: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Findings:
        """Read a folder of findings."""
        files = {name: (folder / name).read_bytes() for name in (ALERTS, ACCOUNTS, CAMPAIGNS, LINKS)}
        return cls(
            files,
            [json.loads(line) for line in files[ALERTS].splitlines()],
            {row["account_id"]: row for row in pq.read_table(folder / ACCOUNTS).to_pylist()},
            json.loads((folder / SUMMARY).read_text(encoding="utf-8")),
        )

    @property
    def alerted(self) -> set[str]:
        """Accounts that were ever covered by an alert, their own or their campaign's."""
        return {name for name, row in self.accounts.items() if row["first_alert_time"] is not None}

    @property
    def scores(self) -> dict[str, float]:
        """Final scores by account id."""
        return {name: row["score"] for name, row in self.accounts.items()}

    @property
    def adds_up(self) -> bool:
        """Whether every record read is counted in exactly one way."""
        names = ("accepted", "duplicate", "late", "dead_lettered")
        return bool(self.summary["read"] == sum(self.summary[name] for name in names))


@dataclass(frozen=True, slots=True)
class Replayer:
    """Replays under one set-up, each time into a folder of its own."""

    setup: Setup = field(repr=False)
    folder: Path

    def __call__(self, *logs: Sequence[Event] | str, block_records: int | None = None) -> Findings:
        """Replay logs, given as events or as paths."""
        place = self.folder / f"run-{sum(1 for _ in self.folder.iterdir())}"
        place.mkdir()
        paths = [
            log if isinstance(log, str) else write_log(place / f"log-{i}.jsonl", log)
            for i, log in enumerate(logs)
        ]
        out = place / "out"
        replay_to(paths, out, self._setup(block_records), Console(file=io.StringIO()))
        return Findings.read(out)

    def at_bar(self, raise_at: float, clear_below: float) -> Replayer:
        """The same with other thresholds, so that more accounts raise, update and clear alerts."""
        policy = replace(self.setup.policy, raise_at=raise_at, clear_below=clear_below)
        run = replace(self.setup.replay, policy=policy)
        return Replayer(replace(self.setup, policy=policy, replay=run), self.folder)

    def _setup(self, block_records: int | None) -> Setup:
        if block_records is None:
            return self.setup
        run = self.setup.replay
        return replace(
            self.setup, replay=replace(run, reading=replace(run.reading, block_records=block_records))
        )
