from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from features.population.layout import FREE, WORDS
from features.population.table import PopulationTable
from tests.features.account.streams import make_stream

if TYPE_CHECKING:
    from tests.features.population.population_streams import Drawn

HOUR = 3_600_000
EACH = 1000
TEMPLATE = 0


def _fold(table: PopulationTable, drawn: list[Drawn]) -> list[int]:
    """The population of each event's template."""
    stream = make_stream(drawn)
    rows = stream.rows
    none = np.full(len(rows), FREE, dtype=np.int32)
    found = table.fold(rows, stream.texts, none, np.arange(len(rows)), 3)[:, TEMPLATE]
    return [int(population) for population in found]


def _shown(account: int, template: int, hour: int) -> Drawn:
    # times are steps from one start, and each call of `_fold` starts anew
    return account, hour * HOUR, 0, {}, {"user_turns": 1, "template": template}


def _hour_of_templates(account: int, hour: int) -> list[Drawn]:
    first = _shown(account, hour * EACH + 1, hour)
    return [first, *(_shown(account, hour * EACH + at, 0) for at in range(2, EACH + 1))]


@pytest.mark.parametrize(("thousands", "popular"), [(2, 1), (5, 3)])
def test_lone_objects_shown_last_are_kept(thousands: int, popular: int) -> None:
    """Of more lone objects than there is room for the latest hours stay, and populations always do."""
    hours = 20
    table = PopulationTable(WORDS, counted=True, most_lone=thousands * EACH)
    _fold(table, [_shown(account, 10**9 + at, 0) for at in range(popular) for account in range(3)])
    for hour in range(hours):
        _fold(table, _hour_of_templates(0, hour))
    _fold(table, [_shown(1, hour * EACH + 7, 0) for hour in range(hours)])
    found = _fold(table, [_shown(2, hour * EACH + 7, 0) for hour in range(hours)])

    known = [population != FREE for population in found]
    assert known == sorted(known)
    assert thousands // 2 <= sum(known) < hours
    again = _fold(table, [_shown(0, 10**9 + at, 0) for at in range(popular)])
    assert again == list(range(popular))
