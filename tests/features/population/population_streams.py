"""Random streams of events of several accounts that share words and infrastructure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from features.account.fold import canonical_order, fold
from features.account.layout import ACCOUNT_ROW
from features.population.layout import MEANS, WORDS
from features.population.provenance import ServedAnswers
from features.population.table import PopulationTable
from tests.features.account.reference import mix64
from tests.features.account.streams import DAY, START, Stream, make_stream
from tests.features.population.plain_populations import PlainPopulations, PlainServed

if TYPE_CHECKING:
    from numpy.typing import NDArray

ACCOUNTS = 7

Drawn = tuple[int, int, int, dict[str, int], dict[str, Any] | None]
"""Account, time since the event before, latency, other fields and sketch."""

HASH = st.integers(0, 3).map(lambda i: mix64(i) if i else 0)
STEP = st.sampled_from([0, 1, 60_000, 3_600_000, 7_200_000, DAY, 3 * DAY, -5000])
_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("payment", "org", "device", "ip_net", "signup", "user_agent", "ja4", "tools"), HASH),
    "asn": st.sampled_from([0, 64_512]),
    "temperature": st.sampled_from([0, 700]),
    "top_p": st.sampled_from([900, 1000]),
    "max_tokens": st.sampled_from([256, 4096]),
    "n": st.sampled_from([1, 4]),
    "seeded": st.integers(0, 1),
    "logprobs": st.integers(0, 1),
    "denied": st.sampled_from([0, 0, 0, 1]),
    "status": st.sampled_from([200, 200, 200, 401, 403, 429, 500]),
    "account_created": st.sampled_from([START - 400 * DAY, START - 2 * 3_600_000, START + DAY]),
}
_SKETCH: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("template", "system", "opening", "response"), HASH),
    **dict.fromkeys(("head", "tail"), st.integers(0, 3)),
    "turns": HASH.map(lambda newest: [newest] + [0] * 7),
}
EVENT = st.tuples(
    st.integers(0, ACCOUNTS - 1),
    STEP,
    st.sampled_from([0, 0, 500, DAY]),
    st.fixed_dictionaries({}, optional=_FIELDS),
    st.none() | st.fixed_dictionaries({"user_turns": st.sampled_from([1, 1, 0])}, optional=_SKETCH),
)
STREAMS = (st.lists(EVENT, max_size=4) | st.lists(EVENT, min_size=12, max_size=40)).map(make_stream)


class Folded:
    """The tables of words and of means after some events, beside what plain Python makes of them."""

    def __init__(self, accounts: int = ACCOUNTS, most_members: int = 4096) -> None:
        self.words = PopulationTable(WORDS, counted=True)
        self.means = PopulationTable(MEANS, counted=False, most_members=most_members)
        self.served = ServedAnswers()
        self.rows: NDArray[np.void] = np.zeros(accounts, ACCOUNT_ROW)
        self.plain_words = PlainPopulations(WORDS)
        self.plain_means = PlainPopulations(MEANS, most_members)
        self.plain_served = PlainServed()

    def fold(self, stream: Stream) -> None:
        """Fold a tick; both sides must say the same of each event."""
        rows, sketches = stream.rows, stream.texts
        order = np.lexsort((rows["event"], rows["available"]))
        fold(self.rows, rows, sketches, canonical_order(rows))
        origins = self.served.trace(rows, sketches, order)
        for table, plain in ((self.words, self.plain_words), (self.means, self.plain_means)):
            found = table.fold(rows, sketches, origins, order, len(self.rows))
            assert found.tolist() == plain.fold(stream, order.tolist(), origins.tolist())
        assert origins.tolist() == self.plain_served.trace(stream, order.tolist())

    def forget(self, before_day: int) -> None:
        """Forget what is old; both sides must number what is left alike."""
        for table, plain in ((self.words, self.plain_words), (self.means, self.plain_means)):
            assert table.forget(before_day).tolist() == plain.forget(before_day)
        self.served.forget(before_day)
        self.plain_served.forget(before_day)
