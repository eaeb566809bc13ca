"""From labels and rows to what a challenger learns from, guarded against whoever would teach it wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detector.retrain.caps import Caps, capped
from detector.retrain.facts import UNKNOWN
from detector.retrain.judging import judge, vectors_of
from detector.retrain.labelled import join_labelled
from detector.retrain.labels import CLASS
from detector.retrain.relabelling import Presumption, relabelled
from detector.retrain.settling import Settled, settle
from detector.retrain.suspects import Suspicions, check_authors
from models.scorer import DISTILLATION
from models.weights import account_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detector.retrain.caps import Capped
    from detector.retrain.judging import Judged
    from detector.retrain.labelled import Labelled
    from detector.retrain.labels import Label
    from models.artefact import Artefact


@dataclass(frozen=True, slots=True)
class Guards:
    """What keeps labels from doing harm."""

    caps: Caps = field(default_factory=Caps)
    presumption: Presumption = field(default_factory=Presumption)
    distrusted: tuple[str, ...] = ()
    """authors whose labels are left out"""
    until: int | None = None
    """ms; what ended later is not learnt from"""


@dataclass(frozen=True, slots=True)
class Taught:
    """What is learnt from, and what was found on the way."""

    rows: Labelled
    """worlds, then traffic under its labels"""
    traffic: int
    """number of the first account of the traffic in `rows`"""
    settled: Settled
    suspicions: Suspicions
    cut: tuple[Capped, ...]
    unknown: int
    """labels of accounts that the traffic does not have"""


def teach(
    worlds: Sequence[Labelled], traffic: Labelled | None, labels: Sequence[Label], champion: Artefact,
    guards: Guards,
) -> Taught:  # fmt: skip
    """Put together what a challenger learns from; the traffic teaches what `labels` say."""
    kept = [label for label in labels if label.author not in guards.distrusted]
    settled = settle(kept)
    if traffic is None:
        rows = join_labelled(worlds)
        return Taught(rows, len(rows.names), settled, _nobody(), (), len(settled.labels))
    judged = judge(champion, traffic)
    suspicions = _checked(traffic, kept, champion, judged)
    uncut = _joined(
        [world.light() for world in worlds],
        relabelled(traffic.light(), settled.labels, judged, guards.presumption, None, guards.until),
    )
    start = _accounts(worlds)
    factors, cut = _factors(uncut, start, traffic, settled, guards.caps)
    taught = relabelled(traffic, settled.labels, judged, guards.presumption, factors, guards.until)
    unknown = len(set(settled.labels) - set(traffic.names.tolist()))
    return Taught(_joined(worlds, taught), start, settled, suspicions, cut, unknown)


def _joined(worlds: Sequence[Labelled], traffic: Labelled) -> Labelled:
    return join_labelled([*worlds, traffic])


def _accounts(worlds: Sequence[Labelled]) -> int:
    return sum(int(world.examples.accounts.accounts.max(initial=-1)) + 1 for world in worlds)


def _nobody() -> Suspicions:
    return Suspicions((), np.zeros(0, dtype=np.int64))


def _checked(traffic: Labelled, labels: Sequence[Label], champion: Artefact, judged: Judged) -> Suspicions:
    """Each statement about an account of the traffic, with the account as it is at last."""
    rows = traffic.examples.accounts
    last = np.full(len(traffic.names), -1)
    last[rows.accounts[rows.final]] = np.flatnonzero(rows.final)
    number = {str(name): at for at, name in enumerate(traffic.names.tolist())}
    said = [
        label for label in labels
        if label.label in CLASS and label.account_id in number and last[number[label.account_id]] >= 0
    ]  # fmt: skip
    at = np.array([number[label.account_id] for label in said], dtype=np.int64)
    chosen = np.zeros(len(rows), dtype=np.bool_)
    chosen[last[at]] = True
    vectors = vectors_of(champion, traffic.take(chosen))
    place = (np.cumsum(chosen) - 1)[last[at]]
    attack = np.array([CLASS[label.label] == DISTILLATION for label in said], dtype=np.bool_)
    authors = np.array([label.author for label in said], dtype=np.str_)
    return check_authors(vectors[place], attack, authors, judged.last[at])


def _factors(
    joined: Labelled, start: int, traffic: Labelled, settled: Settled, caps: Caps
) -> tuple[NDArray[np.float64], tuple[Capped, ...]]:
    """By which the weight of each account of the traffic is cut."""
    rows = joined.examples.accounts
    mass = np.bincount(rows.accounts, account_weights(rows), max(start, int(rows.accounts.max()) + 1))
    own = np.zeros(len(traffic.names))
    own[: len(mass) - start] = mass[start:]
    authors = [_author(settled, name) for name in traffic.names.tolist()]
    keys = {
        "author": np.array(authors, dtype=np.str_),
        "organisation": np.where(traffic.facts.org == UNKNOWN, "", traffic.facts.org),
        "account": traffic.names,
    }
    after, cut = capped(own, keys, asdict(caps), float(mass[:start].sum()))
    return np.divide(after, own, out=np.ones_like(own), where=own > 0), cut


def _author(settled: Settled, account: str) -> str:
    label = settled.labels.get(account)
    return "" if label is None else label.author
