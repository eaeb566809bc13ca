"""The queue against a plain list, through crashes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from streaming.queue.settings import QueueSettings
from streaming.queue.writer import QueueWriter
from tests.streaming.queue.queues import everything, segment_files

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORDS = st.lists(st.binary(min_size=1, max_size=40).map(lambda raw: b"{" + raw), min_size=1, max_size=6)


class CrashingQueue(RuleBasedStateMachine):
    """One partition in tiny segments; `batches` is what was promised to be durable."""

    def __init__(self) -> None:
        super().__init__()
        self.path = Path(tempfile.mkdtemp())
        self.batches: list[Sequence[bytes]] = []
        self.writer: QueueWriter | None = None

    @initialize()
    def start(self) -> None:
        """Open, for the first time or again."""
        self.writer = QueueWriter(self.path, QueueSettings(segment_bytes=200))

    def stop(self) -> None:
        """Close; what is left is what a process that is killed leaves."""
        if self.writer is not None:
            self.writer.close()
        self.writer = None

    @rule(records=RECORDS)
    def append(self, records: list[bytes]) -> None:
        """Write, and be promised."""
        assert self.writer is not None
        self.writer.append([("account", record) for record in records]).result(10)
        self.batches.append(records)

    @rule()
    def restart(self) -> None:
        """A process ends and another begins."""
        self.stop()
        self.start()

    @rule(tail=st.binary(max_size=100))
    def tear(self, tail: bytes) -> None:
        """A crash leaves some bytes of what nobody was promised."""
        self.stop()
        with segment_files(self.path)[-1].open("ab") as file:
            file.write(tail)
        self.start()

    @rule(share=st.floats(0, 1))
    def cut(self, share: float) -> None:
        """A disk loses the end of the last file: whole batches before that stay, in order."""
        self.stop()
        last = segment_files(self.path)[-1]
        size = last.stat().st_size
        with last.open("r+b") as file:
            file.truncate(round(size * share))
        self.start()
        left = everything(self.path).get("0", [])
        counted = [sum(map(len, self.batches[:count])) for count in range(len(self.batches) + 1)]
        self.batches = self.batches[: counted.index(len(left))]

    @invariant()
    def all_is_there(self) -> None:
        """What was promised is read, in order, and nothing else."""
        if self.writer is not None:
            expected = [record for batch in self.batches for record in batch]
            assert everything(self.path).get("0", []) == expected

    def teardown(self) -> None:
        """Clean up."""
        self.stop()
        shutil.rmtree(self.path)


TestCrashingQueue = CrashingQueue.TestCase
TestCrashingQueue.settings = settings(max_examples=20, stateful_step_count=10, deadline=None)
