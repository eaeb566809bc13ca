"""Logs to `Usage`, in one pass through the product's own reader, so that every format it knows is read."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.compose import Intake
from detector.defaults import DEFAULT_MODEL
from detector.evaluate.baselines.embedding import SIZE, asks_reasoning, embed, texts
from detector.evaluate.baselines.usage import Usage
from detector.intake import Counts
from detector.reader import LogReader
from detector.truth import WorldError
from features.account.names import NameIndex
from features.text.purposes import PurposeWeights
from streaming.dead_letters import DeadLetterCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from features.batch import EventBatch
    from features.hashing import HashKey

MOST_TEXTS: Final = 500
"""Texts embedded of an account: its first ones. They bound memory, at 256 bytes a text."""

_FIELDS: Final = (
    "time", "input_tokens", "output_tokens", "temperature", "ip", "device", "payment", "status",
)  # fmt: skip


def read_usage(paths: Sequence[str]) -> Usage:
    """Read logs of any known format; raises `FormatError`, and `WorldError` where one breaks off."""
    intake = Intake.of(PurposeWeights.load(DEFAULT_MODEL / "text"))
    reader = LogReader(paths, intake.reading, Counts(), DeadLetterCounts(), lambda _: None)
    collector = _Collector(intake.kernel.key)
    for batch in reader.batches():
        collector.add(batch)
    if reader.errors:
        raise WorldError(f"{reader.errors[0]}; a world must be read to its end to be graded")
    return collector.usage()


class _Collector:
    """Keeps the columns of batches; an event that comes twice counts once."""

    def __init__(self, key: HashKey) -> None:
        self._names = NameIndex(key)
        self._embedded = np.zeros(0, dtype=np.int64)
        self._columns: dict[str, list[NDArray[np.generic]]] = {
            name: [] for name in ("event", "account", *_FIELDS, "asks_reasoning", "text")
        }
        self._embedding: list[NDArray[np.int8]] = [np.zeros((0, SIZE), dtype=np.int8)]
        self._texts = 0

    def add(self, batch: EventBatch) -> None:
        account = self._names.locate(batch.accounts)[batch.rows["account"]]
        systems, messages = texts(batch.parts)
        keep = self._wanted(account, np.array([bool(message) for message in messages], dtype=np.bool_))
        text = np.full(len(account), -1, dtype=np.int64)
        text[keep] = np.arange(self._texts, self._texts + len(keep))
        self._texts += len(keep)
        self._embedding.append(embed([messages[i] for i in keep.tolist()]))
        new = {"account": account, "asks_reasoning": asks_reasoning(systems, messages), "text": text}
        for name, columns in self._columns.items():
            columns.append(new[name] if name in new else batch.rows[name].copy())

    def _wanted(self, account: NDArray[np.int32], has_text: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The events of a batch whose text is embedded."""
        grown = len(self._names) - len(self._embedded)
        self._embedded = np.concatenate([self._embedded, np.zeros(grown, dtype=np.int64)])
        found = np.flatnonzero(has_text)
        order = found[np.argsort(account[found], kind="stable")]
        place = np.arange(len(order)) - np.searchsorted(account[order], account[order], side="left")
        keep = order[self._embedded[account[order]] + place < MOST_TEXTS]
        self._embedded += np.bincount(account[keep], minlength=len(self._embedded))
        return np.sort(keep)

    def usage(self) -> Usage:
        """Everything, sorted by account and time."""
        if not len(self._names):
            raise WorldError("the logs hold no event; a world must have some to be graded")
        columns = {name: np.concatenate(parts) for name, parts in self._columns.items()}
        _, once = np.unique(columns["event"], return_index=True)
        order = once[np.lexsort((once, columns["time"][once], columns["account"][once]))]
        columns = {name: values[order] for name, values in columns.items()}
        embedded = np.flatnonzero(columns["text"] >= 0)
        embedding = np.concatenate(self._embedding)[columns["text"][embedded]]
        names = np.array(list(self._names), dtype=object)
        columns |= {"accounts": names, "embedded": embedded, "embedding": embedding}
        return Usage(**{field.name: columns[field.name] for field in fields(Usage)})
