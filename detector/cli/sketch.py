"""`stillwatch sketch`: logs without their text, for what must not leave the gateway."""

from __future__ import annotations

import gzip
import os
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, cast

import typer
import zstandard
from rich.console import Console

from detector.cli.compose import (
    EXIT_DEAD_LETTERS,
    FormatOption,
    ModelOption,
    check_format,
    told_plainly,
)
from detector.compose import Intake
from detector.defaults import DEFAULT_MODEL, KEY_VARIABLE
from detector.hook.ingest.files import Tally, sketched
from detector.hook.ingest.settings import IngestSettings
from detector.stream.clock import SystemClock
from features.text.purposes import PurposeWeights
from streaming.files import STDIN, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator


def sketch_command(
    logs: Annotated[list[str], typer.Argument(help="Files, `-` for standard input.")],
    out: Annotated[
        Path, typer.Option("--out", help="Where to; .zst and .gz are compressed, - is standard output.")
    ] = Path(STDIN),
    log_format: FormatOption = None,
    model: ModelOption = DEFAULT_MODEL,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if a record could not become an event.")
    ] = False,
) -> None:
    """Write logs as canonical events with a keyed sketch in place of prompts and answers.

    The sketch has a fixed size, and text cannot be had back from it. Give the secret of whoever reads it in
    STILLWATCH_HASH_KEY; without the same secret, release and model it is refused there.

    For example:

      stillwatch sketch proxy.jsonl --out proxy.sketched.jsonl.zst
    """
    secret = os.environ.get(KEY_VARIABLE)
    if not secret:
        raise typer.BadParameter(f"{KEY_VARIABLE} is not set; give the secret of whoever reads the sketches")
    tally = Tally()
    with told_plainly():
        if log_format is not None:
            check_format(log_format)
        weights = PurposeWeights.load(model / "text")
        intake = Intake.of(weights, secret, log_format=log_format)
        settings, now = IngestSettings(), SystemClock().now()
        sources = [open_source([path]) for path in logs]
        with _written(out) as file:
            for source in sources:
                for records in sketched(source.blocks(), intake, settings, now, tally):
                    file.write(b"".join(record + b"\n" for record in records))
    _tell(tally)
    if strict and tally.refused:
        raise typer.Exit(EXIT_DEAD_LETTERS)


@contextmanager
def _written(out: Path) -> Iterator[BinaryIO]:
    with nullcontext(sys.stdout.buffer) if str(out) == STDIN else out.open("wb") as file:
        if out.suffix == ".zst":
            with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as packed:
                yield cast("BinaryIO", packed)
        elif out.suffix == ".gz":
            with gzip.GzipFile(fileobj=file, mode="wb") as zipped:
                yield cast("BinaryIO", zipped)
        else:
            yield file


def _tell(tally: Tally) -> None:
    console = Console(stderr=True)
    console.print(f"{tally.written} events written", highlight=False)
    for reason, count in tally.refused.most_common():
        first = tally.first[reason]
        console.print(
            f"{count} left out: {reason}, first in line {first.line}: {first.field}: {first.detail}; "
            f"{first.remedy}",
            style="yellow",
            markup=False,
            highlight=False,
        )
