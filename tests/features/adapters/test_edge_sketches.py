from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.account.fold import canonical_order, fold
from features.account.table import AccountTable
from features.adapters import make_adapter
from features.hashing import HashKey
from features.rows import SKETCH_ROW
from features.text.edge import EdgeVersion
from features.text.kernel import KERNEL_VERSION, TextKernel
from features.text.purposes import PurposeWeights

if TYPE_CHECKING:
    from features.batch import Decoded, EventBatch

KEY = HashKey.from_secret("a secret of the tests")
KERNEL = TextKernel(KEY, PurposeWeights.empty())
EDGE = EdgeVersion(KERNEL_VERSION, KERNEL.weights_version, KEY.name)
GOOD: dict[str, Any] = {"event_id": "e", "time": "2026-03-01T00:00:00Z", "account_id": "a"}
LITELLM: dict[str, Any] = {"id": "e", "startTime": 1772323200.0, "metadata": {"user_api_key_user_id": "a"}}
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant", "tool"]), "content": st.text(max_size=60)}
    ),
    min_size=1,
    max_size=4,
)


def _decode(*records: dict[str, Any], edge: EdgeVersion | None = EDGE) -> Decoded:
    return make_adapter("canonical", KEY, edge=edge).decode([json.dumps(r).encode() for r in records])


def _sketches(batch: EventBatch) -> np.ndarray[Any, np.dtype[np.void]]:
    rows = KERNEL.sketch(batch.parts)
    rows[batch.sketched] = batch.sketches[batch.sketched]
    return rows


def _folded(batch: EventBatch) -> bytes:
    table = AccountTable(KEY)
    table.locate(batch.accounts)
    fold(table.rows, batch.rows, _sketches(batch), canonical_order(batch.rows))
    return table.rows.tobytes()


@settings(max_examples=40)
@given(st.lists(st.tuples(MESSAGES, st.none() | st.text(max_size=60), st.booleans()), min_size=1, max_size=5))
def test_an_event_with_a_sketch_folds_as_one_with_its_text(
    texts: list[tuple[list[dict[str, str]], str | None, bool]],
) -> None:
    """Whichever events of a log were sketched at the edge, their accounts' rows are the same, bit for bit."""
    plain = [
        GOOD | {"event_id": f"e{i}", "messages": messages, "response": response}
        for i, (messages, response, _) in enumerate(texts)
    ]
    whole = _decode(*plain).batch
    sent = EDGE.encode(_sketches(whole))
    mixed = [
        GOOD | {"event_id": f"e{i}", "sketch": sent[i]} if at_the_edge else plain[i]
        for i, (_, _, at_the_edge) in enumerate(texts)
    ]

    found = _decode(*mixed)

    assert found.rejected == []
    assert found.batch.sketched.tolist() == [at_the_edge for _, _, at_the_edge in texts]
    assert _folded(found.batch) == _folded(whole)


def test_text_beside_a_sketch_is_not_used() -> None:
    """An event that came with a sketch keeps no text."""
    sketch = EDGE.encode(np.ones(1, dtype=SKETCH_ROW))[0]

    batch = _decode(
        GOOD | {"sketch": sketch, "messages": [{"role": "user", "content": "Hi"}], "response": "x"}
    ).batch

    assert batch.parts.first.tolist() == [0, 0]
    assert batch.sketched.tolist() == [True]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"v": 0}, "v"),
        ({"kernel": KERNEL_VERSION + 1}, "kernel"),
        ({"weights": "other"}, "weights"),
        ({"key": HashKey.from_secret("another").name}, "key"),
        ({"data": "SECRET"}, "data"),
        ({"data": None}, "data"),
    ],
)
def test_a_bad_sketch_is_rejected_beside_good_ones(change: dict[str, Any], named: str) -> None:
    """A sketch made by other means is rejected by field and remedy, without its content."""
    good = EDGE.encode(np.ones(1, dtype=SKETCH_ROW))[0]

    decoded = _decode(GOOD | {"sketch": good}, GOOD | {"sketch": good | change}, GOOD)

    (rejected,) = decoded.rejected
    assert (rejected.line, rejected.reason) == (1, "bad_sketch")
    assert rejected.detail.startswith(f"sketch: {named} ")
    assert "; " in rejected.detail
    assert "SECRET" not in rejected.detail
    assert decoded.batch.sketched.tolist() == [True, False]


def test_no_sketch_is_accepted_where_none_is_expected() -> None:
    """Without an edge version, the event is rejected with what to send instead."""
    (rejected,) = _decode(GOOD | {"sketch": {}}, edge=None).rejected

    assert (rejected.reason, rejected.detail) == ("bad_sketch", "sketch: none is accepted here; send text")


@pytest.mark.parametrize(("name", "record"), [("canonical", GOOD), ("litellm", LITELLM)])
@pytest.mark.parametrize(
    ("latest", "reasons"),
    [
        (datetime(2026, 3, 1, tzinfo=UTC), []),
        (datetime(2026, 2, 28, 23, 59, 59, 999_000, tzinfo=UTC), ["from_future"]),
    ],
)
def test_an_event_after_the_latest_time_is_from_the_future(
    name: str, record: dict[str, Any], latest: datetime, reasons: list[str]
) -> None:
    """An event may start at the latest time that its reader takes for present, and no later."""
    decoded = make_adapter(name, KEY).decode([json.dumps(record).encode()], latest)

    assert [rejected.reason for rejected in decoded.rejected] == reasons
    assert len(decoded.batch.rows) == 1 - len(reasons)


def test_a_ban_from_the_future_is_a_lifecycle_record() -> None:
    """Lifecycle records score nobody, so their times are only checked for being plausible."""
    ban = {"kind": "ban", "time": "2026-03-01T00:00:00Z", "account_id": "a"}

    decoded = make_adapter("canonical", KEY).decode(
        [json.dumps(ban).encode()], datetime(2026, 1, 1, tzinfo=UTC)
    )

    assert len(decoded.lifecycle) == 1
