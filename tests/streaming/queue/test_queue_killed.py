"""A writer that is killed while it writes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from streaming.queue.writer import QueueWriter
from tests.streaming.queue.queues import everything

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import sys
from pathlib import Path
from streaming.queue.settings import QueueSettings
from streaming.queue.writer import QueueWriter

with QueueWriter(Path(sys.argv[1]), QueueSettings(segment_bytes=5000)) as writer:
    for number in range(10**9):
        writer.append([("a", b"%d.%d" % (number, part)) for part in range(20)]).result()
        print(number, flush=True)
"""


def test_what_was_promised_outlives_the_process(tmp_path: Path) -> None:
    """Killed again and again, a writer loses no record that it acknowledged, and halves no request."""
    promised = 0
    for round_number in range(4):
        path = tmp_path / str(round_number)
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05 * round_number)
        process.send_signal(signal.SIGKILL)
        told = process.stdout.read().split()
        process.stdout.close()
        assert process.wait(10) == -signal.SIGKILL
        last = int(told[-1]) if told else 0
        promised += last
        QueueWriter(path).close()
        records = everything(path)["0"]
        assert records == [b"%d.%d" % (n, part) for n in range(len(records) // 20) for part in range(20)]
        assert len(records) >= 20 * (last + 1)
    assert promised > 4
