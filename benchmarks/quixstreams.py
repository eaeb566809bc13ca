"""Worker: one counter an account with quixstreams, in an environment without anything of ours.

python benchmarks/quixstreams.py BROKER TOPIC RECORDS
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from typing import Any

# This file would be found before the library of its name.
sys.path.pop(0)

from quixstreams import Application  # type: ignore[import-not-found]  # installed for this benchmark alone


def measure(broker: str, topic: str, records: int) -> dict[str, float]:
    """Rates from the first tenth of the records on."""
    laps: list[tuple[float, float, int]] = []
    read = 0
    with tempfile.TemporaryDirectory() as folder:
        app = Application(
            broker_address=broker, consumer_group=f"quix-{time.time_ns()}", auto_offset_reset="earliest",
            state_dir=folder,
        )  # fmt: skip

        def count(_: dict[str, Any], state: Any) -> int:
            nonlocal read
            read += 1
            if read in {records // 10, records}:
                laps.append((time.perf_counter(), time.process_time(), read))
            if read == records:
                app.stop()
            number: int = state.get("n", 0) + 1
            state.set("n", number)
            return number

        app.dataframe(app.topic(topic, value_deserializer="json")).apply(count, stateful=True)
        app.run()
    wall, cpu, made = (end - start for start, end in zip(*laps, strict=True))
    return {"records_per_second": made / wall, "records_per_cpu_second": made / cpu}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
