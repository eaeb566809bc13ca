"""Exports put together, for whoever runs them beside other work."""

from __future__ import annotations

import ssl
from importlib.metadata import version
from random import SystemRandom
from typing import TYPE_CHECKING, Final

from detector.exports.finding import Product
from detector.exports.outbox.deliveries import Deliveries
from detector.exports.outbox.exporter import Exporter
from detector.exports.outbox.sender import Sender
from detector.exports.sending.guard import TRUST, Guard, networks
from detector.exports.sending.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detector.exports.outbox.sender import Tally
    from detector.store.database import Database

OPERATOR: Final = "STILLWATCH_EXPORT_OPERATOR"
"""Variable with the name of whose models are asked."""
KEPT: Final = 30 * 24 * 3_600_000
"""ms for which deliveries that ended can be looked up."""
_HOUR: Final = 3_600_000
_ROUNDS: Final = 50
"""Batches taken over in one step: a backlog must not keep back what is due."""


class Exports:
    """Used by one thread; any number of processes may export."""

    def __init__(self, database: Database, environment: Mapping[str, str], now: Callable[[], int]) -> None:
        """`now` tells ms of the wall clock. Raises `ExportError` where the environment names no networks."""
        product = make_product(environment)
        self._exporter = Exporter(database, product)
        self._deliveries = Deliveries(database)
        self._sender = Sender(database, make_ways(environment).to, SystemRandom().random, now)
        self._now = now
        self._pruned = 0

    def step(self) -> tuple[Tally, ...]:
        """Take over what is new, send what is due, forget what is old. Raises `StoreError`.

        To be called about once a second, and again at once while something was sent.
        """
        for _ in range(_ROUNDS):
            if not self._exporter.follow(self._now()):
                break
        now = self._now()
        if now - self._pruned >= _HOUR:
            self._pruned = now if self._deliveries.prune(now - KEPT) == 0 else self._pruned
        return self._sender.run_once()

    def close(self) -> None:
        """Wait for tries that are under way."""
        self._sender.close()


def make_product(environment: Mapping[str, str]) -> Product:
    """Who reports."""
    return Product(version("stillwatch"), operator=environment.get(OPERATOR, ""))


def make_ways(environment: Mapping[str, str]) -> Ways:
    """How to get to sinks; raises `ExportError` where the environment names no networks."""
    guard = Guard(networks(environment.get(TRUST, "")))
    return Ways(environment, guard, make_product(environment), ssl.create_default_context())
