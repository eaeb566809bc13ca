from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from features.population.attachment import PART, attach
from features.population.layout import WORDS
from features.scored import FEATURES, OWN
from models.scorer import BENIGN, DISTILLATION, logit
from tests.models.conftest import vectors_of
from tests.models.test_scorer import CONTEXT, VALUES, typical

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.dataset import Examples
    from models.fit import Fitted

SHARED = FEATURES[OWN:]
ATTACHMENT = st.tuples(*(st.floats(feature.low, min(feature.high, 30.0)) for feature in SHARED)).map(np.array)
OWNS = hnp.arrays(np.float64, OWN, elements=VALUES)
VECTORS = st.lists(st.tuples(OWNS, ATTACHMENT).map(np.concatenate), min_size=3, max_size=3).map(np.array)
RISING = [at for at, feature in enumerate(SHARED) if feature.name != "shared_members"]
QUARTERS = st.integers(-44, 44).map(lambda odds: odds / 4)
"""Log-odds whose sums are exact, so that what is equal stays equal, and what is not does not become so."""
PARTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(WORDS),
        st.integers(1, 9),
        st.integers(3, 40),
        st.floats(0, 1, width=32),
        st.floats(0.125, 8, width=32),
    ),
    max_size=5,
)


def unattached(own: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vectors of accounts that share no words with anybody, and so have no company."""
    none = np.zeros(len(own), dtype=np.int64)
    nothing = attach(none, np.zeros(0, dtype=PART), np.zeros(0))
    return np.concatenate([own, nothing, np.zeros((len(own), 1))], axis=1)


@given(VECTORS)
def test_reasons_add_up_to_the_logit_of_the_fused_score(fitted: Fitted, vectors: NDArray[np.float64]) -> None:
    """What own features and shared words add, and the rest, are the logit of the probability shown."""
    parts, rest = fitted.scorer.contributions(vectors)

    shown = logit(fitted.scorer.score(vectors).distillation)
    assert parts.shape == vectors.shape
    assert np.allclose(parts.sum(axis=1) + rest, shown, rtol=0, atol=1e-9)


@given(VECTORS)
def test_an_accounts_own_reasons_all_point_one_way(fitted: Fitted, vectors: NDArray[np.float64]) -> None:
    """What the account's own score adds is credited to features that speak for it, and to no other."""
    shown, _ = fitted.scorer.contributions(vectors)
    spoken, _ = fitted.scorer.account.contributions(vectors[:, :OWN])

    own = shown[:, :OWN]
    assert (own * spoken >= 0).all()
    assert ((own >= 0).all(axis=1) | (own <= 0).all(axis=1)).all()


@given(VECTORS, st.integers(0, 2))
def test_a_row_has_its_fused_score_in_any_batch(
    fitted: Fitted, vectors: NDArray[np.float64], at: int
) -> None:
    """A row alone has the scores that it has among others."""
    together, alone = fitted.scorer.score(vectors), fitted.scorer.score(vectors[at : at + 1])

    assert together.distillation[at] == alone.distillation[0]
    assert together.relay[at] == alone.relay[0]


@settings(max_examples=200)
@given(hnp.arrays(np.float64, (4, len(CONTEXT)), elements=VALUES))
def test_context_alone_never_alerts(world: Examples, fitted: Fitted, context: NDArray[np.float64]) -> None:
    """With the evidence of a typical honest account and no words shared, no context reaches a threshold."""
    own = np.tile(typical(world, BENIGN), (len(context), 1))
    own[:, CONTEXT] = context

    assert (fitted.scorer.score(unattached(own)).distillation < fitted.raise_at).all()


def test_evidence_alerts(world: Examples, fitted: Fitted) -> None:
    """The typical attacker is found, so the test above is about something."""
    vector = np.median(vectors_of(world, fitted)[world.accounts.labels == DISTILLATION], axis=0)[None]
    vector[:, :OWN] = typical(world, DISTILLATION)

    assert fitted.scorer.score(vector).distillation >= fitted.raise_at


@given(OWNS, ATTACHMENT, st.sampled_from(RISING), st.floats(0, 30))
def test_more_attachment_never_lowers_a_score(
    fitted: Fitted, own: NDArray[np.float64], attachment: NDArray[np.float64], which: int, more: float
) -> None:
    """Each feature of shared words but the number of people who use them can only raise a score."""
    raised = attachment.copy()
    raised[which] += more

    before, after = fitted.scorer.score(np.stack([[*own, *attachment], [*own, *raised]])).distillation
    assert after >= before


@given(OWNS, PARTS, hnp.arrays(np.float64, 4, elements=QUARTERS), st.integers(0, 10))
def test_a_higher_population_score_never_lowers_an_accounts(
    fitted: Fitted, own: NDArray[np.float64], parts: list[tuple[float, ...]], odds: NDArray[np.float64],
    more: int,
) -> None:  # fmt: skip
    """When all populations of an account are taken for more suspicious, the account is never for less."""
    taken, counts = np.array(parts, dtype=PART), np.array([len(parts)])
    vectors = [[*own, *attach(counts, taken, logits)[0], 0.0] for logits in (odds, odds + more)]

    before, after = fitted.scorer.score(np.array(vectors)).distillation
    assert after >= before


@given(OWNS, OWNS, ATTACHMENT)
def test_the_fused_score_follows_the_accounts_own(
    fitted: Fitted, one: NDArray[np.float64], other: NDArray[np.float64], attachment: NDArray[np.float64]
) -> None:
    """Of two accounts with the same attachment, the one that scores higher by itself scores no lower."""
    vectors = np.stack([[*one, *attachment], [*other, *attachment]])
    own = fitted.scorer.account.score(vectors[:, :OWN]).distillation

    fused = fitted.scorer.score(vectors).distillation
    assert (np.diff(fused[np.argsort(own)]) >= 0).all()


def test_shared_words_raise_the_score_of_an_account_that_looks_honest(
    world: Examples, fitted: Fitted
) -> None:
    """A member of a suspicious population scores higher than somebody like it who shares nothing."""
    part = np.array([(0, 0, 6, 3, 0.9, 1.0)], dtype=PART)
    own = typical(world, BENIGN)
    member = np.array([*own, *attach(np.array([1]), part, np.array([4.0]))[0], 0.0])

    scores = fitted.scorer.score(np.stack([unattached(own[None])[0], member])).distillation
    parts, _ = fitted.scorer.contributions(member[None])
    assert scores[1] > scores[0]
    assert parts[0, OWN:].sum() > 0


@given(VECTORS)
def test_company_adds_to_the_logit_alone(fitted: Fitted, vectors: NDArray[np.float64]) -> None:
    """Who does the work of alerted accounts has a higher score, by the same odds whatever else is known."""
    alone, beside = vectors.copy(), vectors.copy()
    alone[:, -1], beside[:, -1] = 0.0, 1.0

    gained = logit(fitted.scorer.score(beside).distillation) - logit(fitted.scorer.score(alone).distillation)
    parts, _ = fitted.scorer.contributions(beside)
    assert np.allclose(gained, gained[0])
    assert (gained > 0).all()
    assert np.allclose(parts[:, -1], gained)
