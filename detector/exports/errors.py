"""How exports fail."""

from __future__ import annotations


class ExportError(Exception):
    """Something that an operator can mend: says what, where and the remedy."""
