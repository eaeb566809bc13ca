"""Tables of labels in CSV: labels within their bounds, or `LabelError`."""

from __future__ import annotations

from detector.retrain.labels import SAID, LabelError
from detector.retrain.table import read_table
from tests.fuzz.parts import NOW, file_of

HEAD = b"account_id,label,since,weight\n"


def fuzz(data: bytes) -> None:
    """The bytes as a file, and as lines below a head that is sound."""
    for text in (data, HEAD + data):
        with file_of(text, "labels.csv") as path:
            try:
                found = read_table(path, NOW)
            except LabelError:
                continue
        for label in found:
            assert label.account_id.strip()
            assert label.label in SAID
            assert 0.0 < label.weight <= 1.0
