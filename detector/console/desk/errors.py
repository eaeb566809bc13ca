"""How the desk refuses."""

from __future__ import annotations


class DeskError(Exception):
    """Nothing was done: says what and the remedy."""


class Denied(DeskError):  # noqa: N818 - says what is the matter
    """The role may do the like, and not to this."""


class Missing(DeskError):  # noqa: N818 - says what is the matter
    """There is no such thing."""


class Senseless(DeskError):  # noqa: N818 - says what is the matter
    """What was asked for cannot be understood."""
