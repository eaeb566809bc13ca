"""Random streams of events of several accounts that share words and infrastructure."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from features.account.fold import canonical_order, fold
from features.account.layout import ACCOUNT_ROW
from features.population.layout import MEANS, WORDS
from features.population.provenance import ServedAnswers
from features.population.table import PopulationTable
from tests.features.account.reference import mix64
from tests.features.account.streams import DAY, START, make_stream
from tests.features.population.plain_populations import PlainPopulations, PlainServed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tests.features.account.streams import Stream

ACCOUNTS = 7

Drawn = tuple[int, int, int, dict[str, int], dict[str, Any] | None]
"""Account, time since the event before, latency, other fields and sketch."""

_STEPS = (0, 1, 60_000, 3_600_000, 7_200_000, DAY, 3 * DAY, -5000)
_HASHED = ("payment", "org", "device", "ip_net", "signup", "user_agent", "ja4", "tools")
_FIELDS: dict[str, Sequence[int]] = {
    "asn": (0, 64_512),
    "temperature": (0, 700),
    "top_p": (900, 1000),
    "max_tokens": (256, 4096),
    "n": (1, 4),
    "seeded": (0, 1),
    "logprobs": (0, 1),
    "denied": (0, 0, 0, 0, 1),
    "status": (200, 200, 200, 200, 401, 403, 429, 500),
    "account_created": (START - 400 * DAY, START - 2 * 3_600_000, START + DAY),
}


def random_stream(seed: int, events: int, values: int) -> Stream:
    """Events that share so few values that most objects become populations."""
    draw = random.Random(seed)  # noqa: S311 - a stream of test events
    return make_stream([_event(draw, values) for _ in range(events)])


def _event(draw: random.Random, values: int) -> Drawn:
    def hashed() -> int:
        return mix64(draw.randint(1, values)) if draw.random() < 0.8 else 0

    fields = {name: hashed() for name in _HASHED if draw.random() < 0.8}
    fields |= {name: draw.choice(of) for name, of in _FIELDS.items() if draw.random() < 0.6}
    text: dict[str, Any] = {name: hashed() for name in ("template", "system", "opening", "response")}
    text |= {name: draw.randint(0, values) for name in ("head", "tail")}
    text |= {"user_turns": draw.choice((1, 1, 1, 0)), "turns": [hashed()] + [0] * 7}
    place = (draw.randrange(ACCOUNTS), draw.choice(_STEPS), draw.choice((0, 0, 500, DAY)))
    return *place, fields, text if draw.random() < 0.8 else None


STREAMS = st.builds(
    random_stream, st.integers(0, 2**32 - 1), events=st.integers(0, 60), values=st.integers(1, 4)
)


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
