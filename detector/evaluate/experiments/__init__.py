"""What the product loses: kinds of traffic never seen in training, text withheld, metadata missing."""

from __future__ import annotations

from detector.evaluate.experiments.leave_out import leave_one_out
from detector.evaluate.experiments.missing import missing
from detector.evaluate.experiments.privacy import privacy
from detector.evaluate.experiments.snapshots import cached_world

__all__ = ["cached_world", "leave_one_out", "missing", "privacy"]
