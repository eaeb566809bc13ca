"""Every column of the rows, checked on records written from the field tables of both formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from features.adapters import make_adapter
from features.hashing import HashKey, hash_strings
from features.identity import hash_addresses
from features.rows import EVENT_ROW
from tests.support.batches import parts_of

KEY = HashKey.from_secret("a secret of the tests")
FIXTURES = Path(__file__).parent / "fixtures"
CASES = [
    pytest.param(name, case, id=f"{name}: {case['about']}")
    for name in ("canonical", "litellm")
    for case in json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))
]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_every_column_of_a_golden_record(name: str, case: dict[str, Any]) -> None:
    """A record becomes exactly the row, account and text that its fixture says."""
    decoded = make_adapter(name, KEY).decode([json.dumps(case["record"]).encode()])

    assert decoded.rejected == []
    (row,) = decoded.batch.rows
    hosts, networks = hash_addresses([case["address"]], KEY)
    hashed = dict(zip(case["hashed"], hash_strings(list(case["hashed"].values()), KEY), strict=True))
    expected = case["numbers"] | hashed | {"ip": hosts[0], "ip_net": networks[0]}
    told = set(EVENT_ROW.names or ()) - {"reserved"}
    assert {column: row[column] for column in told} == expected
    assert decoded.batch.accounts == [case["account"]]
    assert parts_of(decoded.batch) == [[(role, text) for role, text in case["parts"]]]
