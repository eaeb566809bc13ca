"""How the hook fails before it serves."""

from __future__ import annotations


class HookError(Exception):
    """Something that an operator can mend: says what, where and the remedy."""
