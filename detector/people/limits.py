"""How often somebody may try to sign in."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

REMEMBERED: Final = 100_000
"""names and addresses; of more, those that tried longest ago start afresh"""
_PREFIX: Final = 64


@dataclass(frozen=True, slots=True)
class Allowance:
    """Failures that are free at once, and the seconds after which one more is."""

    burst: int
    seconds: float


PER_NAME: Final = Allowance(10, 30.0)
"""2,880 guesses a day at one name"""
PER_ADDRESS: Final = Allowance(30, 5.0)
"""An office may share an address."""


class Attempts:
    """Failures of late by name or by address: token buckets, of which success gives back what it took."""

    def __init__(self, allowance: Allowance, monotonic: Callable[[], float]) -> None:
        self._allowance = allowance
        self._monotonic = monotonic
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Count an attempt and return 0, or the seconds to wait."""
        spent = self._now(key) + 1
        if spent > self._allowance.burst:
            return (spent - self._allowance.burst) * self._allowance.seconds
        self._put(key, spent)
        return 0.0

    def give_back(self, key: str) -> None:
        """The attempt was none."""
        self._put(key, max(0.0, self._now(key) - 1))

    def _now(self, key: str) -> float:
        spent, at = self._spent.get(key, (0.0, 0.0))
        return max(0.0, spent - (self._monotonic() - at) / self._allowance.seconds)

    def _put(self, key: str, spent: float) -> None:
        self._spent[key] = (spent, self._monotonic())
        self._spent.move_to_end(key)
        if len(self._spent) > REMEMBERED:
            self._spent.popitem(last=False)


def neighbourhood(address: str) -> str:
    """Where an address belongs: an IPv4 address is its own, of IPv6 a household has 64 bits to itself."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Network((int(parsed), _PREFIX), strict=False))
    return str(parsed)
