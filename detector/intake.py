"""Decoded events in; those that count out, each with its sketch and its tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detector.pending import Chunk
from streaming.admission import ACCEPTED, DUPLICATE, LATE, Admission

if TYPE_CHECKING:
    from features.batch import Decoded, EventBatch
    from features.text.kernel import TextKernel
    from streaming.admission import AdmissionSettings
    from streaming.seen import SeenIds


@dataclass(slots=True)
class Counts:
    """What became of the records read: read = accepted + duplicate + late + dead_lettered."""

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    late: int = 0
    dead_lettered: int = 0
    lifecycle: int = 0
    """of the accepted: bans, unbans and model releases"""

    def add(self, decoded: Decoded) -> None:
        """Count a decoded block; its events are counted when they are admitted."""
        self.read += decoded.lines
        self.dead_lettered += len(decoded.rejected)
        self.lifecycle += len(decoded.lifecycle)
        self.accepted += len(decoded.lifecycle)


class Intake:
    """Admits the events of one stream, and sketches those that came with their text."""

    def __init__(self, kernel: TextKernel, settings: AdmissionSettings, seen: SeenIds | None = None) -> None:
        self.counts = Counts()
        self.admission = Admission(settings, seen)
        self._kernel = kernel

    def admit(self, batch: EventBatch) -> Chunk:
        """The events of `batch` that count."""
        admitted = self.admission.admit(batch.rows)
        kept = np.flatnonzero(admitted.verdicts == ACCEPTED)
        self.counts.accepted += len(kept)
        self.counts.duplicate += int((admitted.verdicts == DUPLICATE).sum())
        self.counts.late += int((admitted.verdicts == LATE).sum())
        sketches = self._kernel.sketch(batch.parts)
        if batch.sketched.any():
            sketches[batch.sketched] = batch.sketches[batch.sketched]
        chunk = Chunk(batch.rows, sketches, admitted.ticks, batch.accounts)
        # Only accounts of accepted events get a row: a duplicate must leave no trace.
        return chunk if len(kept) == len(batch.rows) else chunk.at(kept)
