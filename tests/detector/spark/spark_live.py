"""`stillwatch spark stream` in processes of its own, as `tests.support.live` has `stillwatch run`."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.live import SECRET, Stream

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class SparkStreams(Stream):
    """One at a time, on two cores; where the state of Spark is, is said last."""

    state_dir: Path = field(kw_only=True)

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """Start it."""
        self.started += 1
        command = [sys.executable, "-m", "detector.cli", "spark", "stream", "--master", "local[2]"]
        command += ["--brokers", self.broker.address, "--topic", self.topics.events]
        command += ["--alerts", self.topics.alerts, "--verdicts", self.topics.verdicts]
        command += ["--store", self.store_url, "--metrics", "none", "--state-dir", str(self.state_dir)]
        with self.log(self.started).open("wb") as said:
            process = subprocess.Popen(
                [*command, *self.options, *options],
                stdout=said,
                stderr=said,
                env={**os.environ, "STILLWATCH_HASH_KEY": SECRET, "OMP_NUM_THREADS": "1"},
            )
        self.running.append(process)
        self._logs[process.pid] = self.log(self.started)
        return process
