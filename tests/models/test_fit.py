from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from features.scored import NAMES, OWN
from models.boosting import UnlearnableError
from models.figures import held_out_figures, out_of_fold_figures
from models.fit import fit
from models.scorer import BENIGN, DISTILLATION, RELAY
from tests.models.conftest import COLUMNS, SMALL, make_world, vectors_of

if TYPE_CHECKING:
    from models.dataset import Examples
    from models.fit import Fitted


def test_a_fit_is_the_same_for_the_same_seed(world: Examples, fitted: Fitted) -> None:
    """Two fits give the same scores to the last bit, and the same thresholds."""
    again = fit(world, COLUMNS, SMALL)

    assert np.array_equal(fitted.score(world).distillation, again.score(world).distillation)
    assert (fitted.raise_at, fitted.relay_at) == (again.raise_at, again.relay_at)
    assert np.array_equal(fitted.out_of_fold.distillation, again.out_of_fold.distillation)
    assert np.array_equal(fitted.out_of_fold.relay, again.out_of_fold.relay)


def test_calibration_rises_on_a_world_that_can_be_learnt(fitted: Fitted) -> None:
    """All slopes are positive, so that calibration keeps the models' ranks."""
    assert fitted.scorer.distillation.slope > 0
    assert fitted.scorer.account.distillation.slope > 0
    assert fitted.scorer.account.relay.slope > 0


def test_another_world_of_the_same_kind_is_scored_well(world: Examples, fitted: Fitted) -> None:
    """Attackers never seen before score above others, and shared words are part of why."""
    unseen = make_world(200, seed=2)

    scores = fitted.score(unseen).distillation

    attack = unseen.accounts.labels == DISTILLATION
    assert np.quantile(scores[attack], 0.2) > np.quantile(scores[~attack], 0.8)
    shown, _ = fitted.scorer.contributions(vectors_of(world, fitted))
    assert np.abs(shown[:, OWN:]).max() > 0.5


def test_what_is_kept_of_training_is_out_of_fold(world: Examples, fitted: Fitted) -> None:
    """Attachment is by models that had not seen the account."""
    seen = fitted.populations.logits(world.populations.vectors)[0]
    score = NAMES.index("shared_score")

    assert fitted.attachment.shape == (len(world.accounts), len(NAMES) - OWN)
    assert not np.isin(fitted.attachment[:, score - OWN], seen).any()


def test_a_class_that_nobody_is_of_cannot_be_learnt(world: Examples) -> None:
    """The message names the class that a model would have to make up, and the remedy."""
    populations = world.populations
    none = replace(populations, labels=np.where(populations.labels == RELAY, BENIGN, populations.labels))

    with pytest.raises(UnlearnableError, match="no relay to learn from; learn from larger worlds"):
        fit(replace(world, populations=none), COLUMNS, SMALL)


def test_figures_count_every_account_once(world: Examples, fitted: Fitted) -> None:
    """Each family and archetype has as many accounts as the world, and a share within its interval."""
    rows = world.accounts

    for figures in (out_of_fold_figures(world, fitted, SMALL), held_out_figures(world, fitted, SMALL)):
        found = {kind: share for kinds in figures.values() for kind, share in kinds.items()}
        assert set(found) == {"family-0", "family-1", "honest"}
        for kind in ("family-0", "family-1"):
            assert found[kind]["n"] == len(np.unique(rows.accounts[rows.kinds == kind]))
            assert found[kind]["low"] <= found[kind]["share"] <= found[kind]["high"]
            assert found[kind]["share"] > 0.5
