"""Detectors that are told their scores, over streams of rows made by hand: no text, adapter or model."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detector.engine import Engine, Model
from detector.policy import Policy
from detector.ticks import TickLoop
from features.batch import EventBatch
from features.hashing import HashKey
from features.population.vector import NAMES as POPULATION_NAMES
from features.scored import FEATURES, NAMES
from features.text.kernel import TextKernel
from features.text.parts import TextParts
from features.text.purposes import PurposeWeights
from models.cohort import Cohorts
from models.forest import NODE, TREE, Forest
from models.population import PopulationScorer
from models.product import silent
from models.scorer import DISTILLATION, LABELS, Scores, View, logit, sigmoid
from streaming.admission import AdmissionSettings
from tests.features.account.streams import DAY, make_stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from detector.alert import Alert
    from detector.ledger import Tick
    from features.batch import Lifecycle
    from tests.features.account.streams import Stream

KERNEL: Final = TextKernel(HashKey.from_secret("a secret of the tests"), PurposeWeights.empty())
TICK: Final = 300_000
ADMISSION: Final = AdmissionSettings(tick=TICK, lateness=0, remember=7 * DAY)
POLICY: Final = Policy(
    raise_at=0.8, clear_below=0.6, relay_at=0.7, source="shipped",
    min_events=4, step=0.1,
)  # fmt: skip
_TOLD: Final = NAMES.index("temperature")
_RELAY: Final = NAMES.index("bias_size")
_COMPANY: Final = NAMES.index("company")
COMPANY: Final = 0.5
"""What company adds to a logit."""


@dataclass(frozen=True)
class Told:
    """A scorer that is told: an account's score is its mean temperature, and more of it in company."""

    def score(self, vectors: NDArray[np.float64]) -> Scores:
        """The temperature and what company adds, and the bias size in hundredths for relay."""
        return Scores(sigmoid(_logit(vectors)), vectors[:, _RELAY] / 100)

    def contributions(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """One feature adds two to the logit, company a half, seven others a little."""
        parts = np.zeros(vectors.shape)
        parts[:, :7] = 0.1
        parts[:, _TOLD] = 2.0
        parts[:, _COMPANY] = COMPANY * vectors[:, _COMPANY]
        return parts, _logit(vectors) - parts.sum(axis=1)


def _logit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return logit(np.clip(vectors[:, _TOLD], 1e-6, 1 - 1e-6)) + COMPANY * vectors[:, _COMPANY]


def told_populations() -> PopulationScorer:
    """A population is a campaign's when its mean temperature is over a half; one tree of two leaves."""
    nodes = np.zeros(3, dtype=NODE)
    nodes["threshold"], nodes["value"] = 0.5, (0.0, -4.0, 4.0)
    nodes["left"], nodes["right"] = (1, 1, 2), (2, 1, 2)
    trees = np.array([(0, 1, DISTILLATION)], dtype=TREE)
    columns = np.array([POPULATION_NAMES.index("temperature")])
    return PopulationScorer(View(Forest(nodes, trees, np.zeros(len(LABELS)), 1), columns), silent())


def told_model() -> Model:
    """Nothing is learnt, and nobody is usual."""
    cohorts = Cohorts.of(np.zeros((0, len(FEATURES))), np.zeros(0, dtype=np.int64))
    return Model(Told(), told_populations(), cohorts, "sw-test")


def name_of(account: int) -> str:
    """The id of an account of a stream; as numbers sort, so do ids."""
    return f"account {account:02}"


def batch_of(stream: Stream) -> EventBatch:
    """A batch whose events were sketched at the edge, its accounts numbered as it meets them."""
    names = list(dict.fromkeys(name_of(event["account"]) for event in stream.events))
    rows, n = stream.rows, len(stream.events)
    rows["account"] = [names.index(name_of(event["account"])) for event in stream.events]
    nothing = TextParts(
        np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(0, np.uint8), np.zeros(n + 1, np.int64)
    )
    return EventBatch(rows, names, nothing, stream.texts, np.ones(n, dtype=np.bool_))


def cut(stream: Stream, cuts: Iterable[int]) -> list[Stream]:
    """The stream in pieces."""
    bounds = [0, *sorted(min(at, len(stream.events)) for at in cuts), len(stream.events)]
    return [stream.take(list(range(start, end))) for start, end in pairwise(bounds)]


def asks(*said: tuple[float, int, int, int], times: int = 4) -> Stream:
    """From (minutes after the first one, account, words, score in thousandths): some requests each, at once.

    Requests of one wording begin alike. The score is what the account and the wording are told to have.
    """
    drawn: list[tuple[int, int, int, dict[str, int], dict[str, Any] | None]] = []
    before = 0
    for minute, account, words, score in sorted(said):
        for _ in range(times):
            now = round((minute + 1) * 60_000)
            text = {"head": words, "user_turns": 1}
            drawn.append((account, now - before, 0, {"temperature": score, "status": 200}, text))
            before = now
    return make_stream(drawn)


class Detector:
    """A loop and an engine, and every alert so far."""

    def __init__(
        self, remember: int | None = 14, policy: Policy = POLICY, admission: AdmissionSettings = ADMISSION
    ) -> None:
        self.loop = TickLoop(KERNEL, admission, remember=remember)
        self.engine = Engine(self.loop.ledger, told_model(), policy)
        self.alerts: list[Alert] = []
        self.end = 0

    def steps(self, *streams: Stream) -> Iterator[Tick]:
        """Feed whole logs, a batch each, and close every tick; yields each when it was decided on."""
        for stream in streams:
            for tick in self.loop.observe(batch_of(stream)):
                yield self._decided(tick)
        for tick in self.loop.finish():
            yield self._decided(tick)

    def run(self, *streams: Stream, bans: Iterable[Lifecycle] = ()) -> Detector:
        """Take note of `bans`, then feed whole logs."""
        self.engine.learn(bans)
        for _ in self.steps(*streams):
            pass
        return self

    def settle(self) -> Detector:
        """The log has ended."""
        self.engine.settle(self.end)
        return self

    def of_kind(self, kind: str) -> list[Alert]:
        """Revisions of alerts about accounts, or about campaigns."""
        return [alert for alert in self.alerts if alert.kind == kind]

    def row(self, account: int) -> int:
        """The row of an account of a stream, which must have been seen."""
        found = self.loop.ledger.accounts.names.find(name_of(account))
        assert found is not None
        return found

    def campaign_of(self, account: int) -> str | None:
        """The campaign that an account of a stream is in."""
        return self.engine.campaigns.of(self.row(account))

    def _decided(self, tick: Tick) -> Tick:
        self.alerts += self.engine.decide(tick)
        self.end = tick.end
        return tick
