from __future__ import annotations

import numpy as np
import pytest

from detector.dossier.honest import AGAINST, CONSIDERED, FOR, UNKNOWN, considered
from features.account.fold import DAY
from features.account.layout import ACCOUNT_ROW
from features.population.vector import NAMES

MEMBERS = np.zeros(4, dtype=ACCOUNT_ROW)
MEMBERS["created"], MEMBERS["first"] = -1, 1000 * DAY


@pytest.mark.parametrize("at", range(len(CONSIDERED)))
def test_an_explanation_holds_on_one_side_of_its_limit(at: int) -> None:
    """Beyond it the same measurement speaks against it; unknown, it says nothing."""
    one = CONSIDERED[at]
    vector = np.full(len(NAMES), np.nan)
    told = {}
    for value in (one.limit * 0.5, one.limit * 1.5, np.nan):
        vector[NAMES.index(one.feature)] = value
        told[value] = next(p for p in considered(vector, MEMBERS, 0.0) if p.code == one.code).detail
    below, above, unknown = told.values()
    assert below.endswith(AGAINST if one.above else FOR)
    assert above.endswith(FOR if one.above else AGAINST)
    assert unknown.endswith(UNKNOWN)


def test_what_holds_comes_first() -> None:
    """Whoever judges a campaign reads what would clear it before anything else."""
    members = MEMBERS.copy()
    members["created"] = 500 * DAY
    codes = [one.code for one in considered(None, members, 0.9)]
    assert codes == ["old_customers", "resellers"]
    assert [one.detail.endswith(FOR) for one in considered(None, members, 0.1)] == [True, False]
    assert considered(None, MEMBERS, 0.0)[0].detail.endswith(UNKNOWN)
