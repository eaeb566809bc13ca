"""Stillwatch in a gateway: verdicts from a local cache, usage events shipped in the background."""

from stillwatch_client.cache import AsyncVerdictCache, CacheStatus, VerdictCache
from stillwatch_client.counters import Counters
from stillwatch_client.decision import Action, Bypass, Decision, Degrade, FailMode, Verdict
from stillwatch_client.settings import CacheSettings, Service, SettingsError, ShipperSettings
from stillwatch_client.shipper import EventShipper

__all__ = [
    "Action",
    "AsyncVerdictCache",
    "Bypass",
    "CacheSettings",
    "CacheStatus",
    "Counters",
    "Decision",
    "Degrade",
    "EventShipper",
    "FailMode",
    "Service",
    "SettingsError",
    "ShipperSettings",
    "Verdict",
    "VerdictCache",
]
