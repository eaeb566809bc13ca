"""Exports of traces in protobuf or JSON: split into spans that the adapter reads, or refused."""

from __future__ import annotations

from features.adapters import REASONS
from features.adapters.base import RecordError
from features.adapters.otlp_export import Export, split_export


def fuzz(data: bytes) -> None:
    """A body as `/v1/traces` gets it."""
    found = _split(data)
    if isinstance(found, RecordError):
        assert found.reason in REASONS
        assert found.detail.isprintable()
        return
    assert found.left_out >= 0


def _split(data: bytes) -> Export | RecordError:
    try:
        return split_export(data)
    except RecordError as error:
        return error
