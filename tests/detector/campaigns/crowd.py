"""Accounts that ask by hand: populations and a view of them without an adapter or a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detector.campaigns.history import History
from detector.campaigns.view import View
from features.account.fold import canonical_order, fold
from features.account.layout import ACCOUNT_ROW
from features.account.names import NameIndex
from features.batch import Lifecycle
from features.hashing import HashKey, hash_strings
from features.population.layout import KINDS, MEANS, WORDS
from features.population.objects import keys_of
from features.population.table import PopulationTable
from tests.features.account.reference import mix64
from tests.features.account.streams import DAY, START, make_stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

KEY: Final = HashKey.from_secret("crowd")
FIRST_DAY: Final = START // DAY
_TEXT: Final = ("template", "system", "head", "tail", "content")
_HASHED: Final = ("payment", "device", "ip_net", "signup", "user_agent", "ja4", "tools")


class Crowd:
    """Everybody who asked, in the order in which they did."""

    def __init__(self) -> None:
        self.names = NameIndex(KEY)
        self.words = PopulationTable(WORDS, counted=True)
        self.means = PopulationTable(MEANS, counted=False)
        self.history = History(KEY)
        self._rows: NDArray[np.void] = np.zeros(0, ACCOUNT_ROW)

    def ask(self, who: Sequence[str], *, times: int = 4, hour: float = 0.0, **shown: int) -> Crowd:
        """Each of `who` sends so many requests that show words (`head=3`) or have fields (`payment=1`)."""
        text = {name: shown[name] for name in _TEXT if name in shown} | {"user_turns": 1}
        fields = {name: value for name, value in shown.items() if name not in _TEXT}
        hashed = {name: mix64(value) for name, value in fields.items() if value > 0 and name in _HASHED}
        places = self.names.locate(who)
        drawn = [(int(place), 1, 0, fields | hashed, text) for _ in range(times) for place in places]
        stream = make_stream([])
        if drawn:
            first = (drawn[0][0], int(hour * 3_600_000), *drawn[0][2:])
            stream = make_stream([first, *drawn[1:]])
        self._fold(stream.rows, stream.texts)
        return self

    def _fold(self, rows: NDArray[np.void], texts: NDArray[np.void]) -> None:
        grown = np.zeros(len(self.names), ACCOUNT_ROW)
        grown[: len(self._rows)] = self._rows
        self._rows = grown
        fold(self._rows, rows, texts, canonical_order(rows))
        origins, order = np.full(len(rows), -1, dtype=np.int32), np.arange(len(rows))
        for table in (self.words, self.means):
            table.fold(rows, texts, origins, order, len(self.names))
        if len(rows):
            self.history.fold(rows, self._rows["total"], int(rows["time"].max()) + 1)

    def release(self, model: str, hour: float) -> Crowd:
        """A model comes out."""
        self.history.add([Lifecycle("model_release", START + int(hour * 3_600_000), model)])
        return self

    def view(
        self,
        covered: Iterable[str],
        *,
        honest_heads: Iterable[int] = (),
        scores: Mapping[str, float] | None = None,
        banned: Mapping[str, int] | None = None,
        relay: Iterable[str] = (),
    ) -> View:
        """All words are suspicious but for `honest_heads`; covered accounts score 0.9 if nothing is said."""
        told = dict.fromkeys(covered, 0.9)
        score = self._by_row({**told, **(scores or {})}, 0.01)
        return View(
            names=self.names,
            rows=self._rows,
            words=self.words,
            means=self.means,
            flagged=~np.isin(self.words.groups["key"], [head_key(head) for head in honest_heads]),
            covered=self._by_row(dict.fromkeys(told, 1.0), 0.0) > 0,
            scores=score,
            relay=self._by_row(dict.fromkeys(relay, 1.0), 0.0) > 0,
            banned=self._by_row(banned or {}, 0.0).astype(np.int64),
            history=self.history,
        )

    def _by_row(self, said: Mapping[str, float], otherwise: float) -> NDArray[np.float64]:
        out = np.full(len(self.names), otherwise)
        for name, value in said.items():
            out[self.names.locate([name])[0]] = value
        return out


def people(prefix: str, number: int) -> list[str]:
    """So many names."""
    return [f"{prefix}{at}" for at in range(number)]


def model_key(model: str) -> int:
    """What a request for a model has in its field `model`."""
    return int(hash_strings([model], KEY)[0])


def head_key(head: int) -> int:
    """The key of the population of some first words."""
    stream = make_stream([(0, 0, 0, {}, {"head": head, "user_turns": 1})])
    keys = np.zeros(len(KINDS), dtype=np.uint64)
    keys_of(stream.rows[0], stream.texts[0], keys)
    return int(keys[KINDS.index("head")])


SETTINGS: Final[dict[str, Any]] = {"temperature": 700, "top_p": 900}
"""Sampling settings that count as an object; `max_tokens` tells them apart."""
