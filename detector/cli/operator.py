"""Who runs a command, for the record of who did what."""

from __future__ import annotations

import getpass


def user_name() -> str:
    """The name of the user of the system, where it has one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
