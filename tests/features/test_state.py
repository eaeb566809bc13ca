from __future__ import annotations

import json

import numpy as np
import pytest

from features.account.table import AccountTable
from features.hashing import HashKey
from features.state import State

KEY = HashKey.from_secret("a secret of the tests")


def _nested() -> State:
    inner = State({"rows": np.arange(3)}, {"used": 2})
    return State({"own": np.ones(1)}, {"day": None}, {"table": inner, "empty": State()})


def test_a_state_survives_being_taken_apart() -> None:
    """Arrays by path and an outline in JSON are put together to the same state."""
    state = _nested()

    again = State.of(json.loads(json.dumps(state.outline())), state.flat())

    assert set(state.flat()) == {"own", "table/rows"}
    assert again.facts == {"day": None}
    assert again.parts["table"].facts == {"used": 2}
    assert again.parts["table"].arrays["rows"].tolist() == [0, 1, 2]
    assert again.parts["empty"] == State()


def test_an_array_that_is_missing_is_told() -> None:
    """A state without one of its arrays is not put together."""
    state = _nested()

    with pytest.raises(KeyError, match="table/rows"):
        State.of(state.outline(), {"own": np.ones(1)})


def test_a_table_of_accounts_goes_on_as_if_it_had_never_stopped() -> None:
    """Names keep their rows, rows what they hold, and new names get the rows that they would have got."""
    table, again = AccountTable(KEY), AccountTable(KEY)
    table.locate([f"account {n}" for n in range(3000)])
    table.rows["total"] = np.arange(3000)

    again.restore(State.of(table.state().outline(), table.state().flat()))

    assert list(again.names) == list(table.names)
    assert again.rows.tobytes() == table.rows.tobytes()
    assert again.locate(["new", "account 7", "newer"]).tolist() == [3000, 7, 3001]
    assert again.names.find("account 2999") == 2999
    assert again.names[3001] == "newer"
