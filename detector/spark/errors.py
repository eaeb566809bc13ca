"""What may be wrong with a job of Spark."""

from __future__ import annotations


class SparkError(OSError):
    """A job cannot start or go on: says what, where, and the remedy."""
