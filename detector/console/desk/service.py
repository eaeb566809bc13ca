"""What the service is set to: mode, policy and keys; the command line and the admin API change them."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_bytes
from typing import TYPE_CHECKING

from detector.hook.commands import Commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.console.desk.sources import Sources
    from detector.hook.auth.keys import ApiKey


@dataclass(frozen=True, slots=True)
class Settings:
    """As it is now."""

    mode: str
    policy: str
    """TOML"""
    keys: tuple[ApiKey, ...]
    """live ones; they hold digests, which nobody is shown"""


class Service:
    """Reads only; `now` tells ms of the clock."""

    def __init__(self, sources: Sources, now: Callable[[], int]) -> None:
        self._sources = sources
        self._now = now

    def standing(self) -> Settings:
        """Mode, policy and live keys."""
        commands = Commands(self._sources.store, "", self._now, token_bytes)
        return Settings(commands.mode(), commands.policy(), tuple(commands.live_keys()))
