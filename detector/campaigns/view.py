"""What the engine shows at the end of a tick, for campaigns to be found in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detector.campaigns.history import History
    from features.account.names import NameIndex
    from features.population.table import PopulationTable


@dataclass(frozen=True, slots=True)
class View:
    """Accounts and populations as they are at the end of a tick, and what is thought of them."""

    names: NameIndex
    rows: NDArray[np.void]
    """of the account table, dtype ACCOUNT_ROW, shape (accounts,)"""
    words: PopulationTable
    means: PopulationTable
    flagged: NDArray[np.bool_]
    """populations of words held to be distillation, shape (len(words),)"""
    covered: NDArray[np.bool_]
    """accounts over the alert's threshold, with hysteresis, shape (accounts,)"""
    scores: NDArray[np.float64]
    """calibrated probability that each account distils, shape (accounts,)"""
    relay: NDArray[np.bool_]
    """accounts that resell access, shape (accounts,)"""
    banned: NDArray[np.int64]
    """when each account was banned, ms; 0: it is not; shape (accounts,)"""
    history: History
    """absences of accounts, and releases of models"""
