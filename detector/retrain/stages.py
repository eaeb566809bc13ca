"""Stages of a training: what one made is found again by the content of what it was made of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from detector.retrain.labelled import Facts, Labelled
from models.dataset import Examples, PopulationSet, TrainingSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_Record = TypeVar("_Record", TrainingSet, PopulationSet, Facts)


def key_of(*parts: object) -> str:
    """Sixteen hexadecimal digits that change with any part; parts are what JSON can say."""
    said = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def cached_rows(path: Path, make: Callable[[], Labelled]) -> Labelled:
    """Rows from `path`, made and written there if it does not exist."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        save_rows(path, make())
    return load_rows(path)


def save_rows(path: Path, rows: Labelled) -> None:
    """Write rows; half a file never gets the name of a whole one."""
    part = path.with_name(path.name + ".part")
    columns = {
        "names": rows.names,
        "ends": rows.ends,
        **dict(_columns(rows.examples.accounts)),
        **dict(_columns(rows.examples.populations)),
        **dict(_columns(rows.facts)),
    }
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **columns)
    part.replace(path)


def load_rows(path: Path) -> Labelled:
    """Read what `save_rows` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        examples = Examples(_record(TrainingSet, stored), _record(PopulationSet, stored))
        return Labelled(examples, stored["names"], stored["ends"], _record(Facts, stored))


def digest_of(rows: Labelled) -> str:
    """Changes with any row, label, name or time."""
    digest = hashlib.blake2b(rows.examples.digest().encode(), digest_size=8)
    for column in (rows.names, rows.ends):
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()


def _columns(record: TrainingSet | PopulationSet | Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    name = type(record).__name__
    yield from ((f"{name}.{field.name}", getattr(record, field.name)) for field in fields(record))


def _record(kind: type[_Record], stored: Mapping[str, NDArray[Any]]) -> _Record:
    return kind(**{field.name: stored[f"{kind.__name__}.{field.name}"] for field in fields(kind)})
