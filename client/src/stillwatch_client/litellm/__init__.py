"""Stillwatch in a LiteLLM proxy: a guardrail that decides, and a logger that ships usage events."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from stillwatch_client.litellm.denial import StillwatchDenial
    from stillwatch_client.litellm.guard import StillwatchGuard
    from stillwatch_client.litellm.logger import StillwatchLogger

__all__ = ["StillwatchDenial", "StillwatchGuard", "StillwatchLogger"]

_HOMES: Final = {"StillwatchDenial": "denial", "StillwatchGuard": "guard", "StillwatchLogger": "logger"}


def __getattr__(name: str) -> Any:
    # Only the guard and the logger need LiteLLM; how events are made can be had and tested without.
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
