"""Drift of the accounts that an engine knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.drift.reference import Reference
from detector.drift.stability import stability

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.drift.stability import Stability
    from detector.engine import Engine
    from detector.ledger import Ledger

MOST: Final = 16_384
"""Accounts that are looked at: enough for a hundredth of an index."""
_FEWEST: Final = 2
"""Requests, below which an account is not scored."""
_CHUNK: Final = 4096


def measured(reference: Reference, engine: Engine, ledger: Ledger, since: int) -> list[Stability]:
    """Of accounts that asked after `since` (ms of event time)."""
    accounts = _sampled(engine, ledger, since)
    return stability(reference, *_facts(engine, ledger, accounts))


def reference_from(engine: Engine, ledger: Ledger, since: int = 0) -> Reference:
    """What accounts that asked after `since` look like."""
    accounts = _chosen(engine, ledger, since)
    return Reference.of_traffic(*_facts(engine, ledger, accounts))


def _chosen(engine: Engine, ledger: Ledger, since: int) -> NDArray[np.int64]:
    """Nobody who is held to distil: a campaign that is found is no drift of honest use, and no usual use."""
    rows = ledger.accounts.rows[: len(ledger.accounts)]
    chosen = (rows["last"] > since) & (rows["events"] >= _FEWEST) & ~engine.verdicts["open"]
    return np.flatnonzero(chosen)


def _sampled(engine: Engine, ledger: Ledger, since: int) -> NDArray[np.int64]:
    """Every so many, in the order in which they came."""
    chosen = _chosen(engine, ledger, since)
    return chosen[:: max(-(-len(chosen) // MOST), 1)]


def _facts(
    engine: Engine, ledger: Ledger, accounts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    parts = [engine.vectors(some) for some in np.array_split(accounts, len(accounts) // _CHUNK + 1)]
    events = ledger.accounts.rows["total"][accounts].astype(np.int64)
    return np.concatenate(parts), events, engine.verdicts["score"][accounts].astype(np.float64)
