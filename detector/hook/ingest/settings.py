"""Limits of the ingest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from features.adapters import DEFAULT_ACCOUNT_FROM, MAX_RECORD_BYTES, AccountField

_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """What an operator chooses."""

    body_bytes: int = 16 * _MIB
    """longest request body, as it was sent"""
    plain_bytes: int = 64 * _MIB
    """longest request body once decompressed"""
    record_bytes: int = MAX_RECORD_BYTES
    """longest event"""
    batch_events: int | None = None
    """most events in a request; None: as many as its body holds"""
    flight_bytes: int = 256 * _MIB
    """of bodies that are read and not yet answered, over all requests"""
    events_per_second: float | None = None
    """that one API key may send; None: as many as there are requests for"""
    told_errors: int = 100
    """refused lines that a reply describes; the others are counted"""
    wait_seconds: float = 30.0
    """after so long a sender is told to try again"""
    retry_seconds: int = 5
    """when, where nothing says it better"""
    ahead: int = 86_400_000
    """ms; an event that starts this long after the present is refused"""
    account_from: tuple[AccountField, ...] = DEFAULT_ACCOUNT_FROM
    """which id is the account, in formats that carry several"""
