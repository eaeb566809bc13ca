"""What may be wrong with a lake."""

from __future__ import annotations


class LakeError(OSError):
    """A lake cannot be opened or used: says which, why, and the remedy."""
