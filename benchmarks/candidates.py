"""CPU seconds of one pass over a log, measured inside a warmed-up process.

    python benchmarks/candidates.py replay|decode|river LOG

The warm-up is a pass over the first records of the same log, so that imports, compiled kernels and the
model are loaded; they are not part of the figure. The last line printed is the figure.
"""

from __future__ import annotations

import io
import math
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import zstandard
from rich.console import Console
from river import anomaly, compose, preprocessing, stats

from detector.cli.compose import set_up
from detector.cli.replay import replay_to
from features.contract import UsageEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WARM_UP: Final = 4000
"""Records of the warm-up."""

VALID: Final = "valid"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a zstd file."""
    with path.open("rb") as file:
        reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(file)
        rest = b""
        while chunk := reader.read(1 << 20):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
        if rest:
            yield rest


def decode(path: Path) -> None:
    """Decompress and decode every record, and nothing else."""
    read = msgspec.json.Decoder(UsageEvent).decode
    for line in lines(path):
        read(line)


def make_replay() -> Callable[[Path], None]:
    """Our whole replay, findings written."""
    setup = set_up()

    def replay(path: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            replay_to([str(path)], Path(folder), setup, Console(file=io.StringIO()))

    return replay


def river(path: Path) -> None:
    """Running features of each account and one anomaly score an event, in river."""
    model = compose.Pipeline(preprocessing.MinMaxScaler(), anomaly.HalfSpaceTrees(seed=1))
    accounts: dict[str, dict[str, Any]] = {}
    read = msgspec.json.Decoder(UsageEvent).decode
    for line in lines(path):
        event = read(line)
        if event.account_id is None or event.time is None:
            continue
        vector = running_features(accounts.setdefault(event.account_id, new_account()), event)
        model.score_one(vector)
        model.learn_one(vector)


def new_account() -> dict[str, Any]:
    """River's running statistics of one account."""
    names = ("input", "output", "gap", "temperature", "human")
    return {"last": None, "events": stats.Count(), **{name: stats.Mean() for name in names}}


def running_features(account: dict[str, Any], event: UsageEvent) -> dict[str, float]:
    """Update an account's statistics by an event, and read them."""
    now = (event.time - EPOCH).total_seconds() if event.time is not None else 0.0
    gap = 0.0 if account["last"] is None else now - account["last"]
    account["last"] = now
    account["events"].update(now)
    account["input"].update(math.log1p(event.input_tokens or 0))
    account["output"].update(math.log1p(event.output_tokens or 0))
    account["gap"].update(math.log1p(max(gap, 0.0)))
    account["temperature"].update(event.temperature or 0.0)
    account["human"].update(event.human_token == VALID)
    return {name: float(state.get()) for name, state in account.items() if name != "last"}


def head(path: Path, folder: str) -> Path:
    """The first records of a log, as a log."""
    short = Path(folder) / "head.jsonl.zst"
    taken = [line for line, _ in zip(lines(path), range(WARM_UP), strict=False)]
    short.write_bytes(zstandard.compress(b"\n".join(taken)))
    return short


def main(name: str, path: Path) -> None:
    """Warm up, measure, print."""
    run = {"decode": lambda: decode, "river": lambda: river, "replay": make_replay}[name]()
    with tempfile.TemporaryDirectory() as folder:
        run(head(path, folder))
    started = time.process_time()
    run(path)
    print(time.process_time() - started)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
