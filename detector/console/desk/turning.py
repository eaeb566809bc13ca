"""Whom another version of the model would alert, or no longer alert, by the latest dossiers of accounts.

A dossier holds every feature that an account was scored by. What it has in common with others enters these as
the model in use judged it, so that accounts far from any alert, which have no dossier, are not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from detector.policy import CLEAR, RAISE
from detector.thresholds import policy_of
from features.scored import NAMES
from features.text.purposes import PurposeWeights
from models.artefact import load
from models.scorer import DISTILLATION, LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from detector.dossier.records import AccountDossier
    from models.artefact import Artefact

LOOKED_AT: Final = 2000
"""dossiers at most, the latest"""


class TurnedAccount(msgspec.Struct, frozen=True):
    """An account, as the model in use scores it and as the other version would."""

    account_id: str
    campaign_id: str | None
    score: float
    other: float
    requests: int


class TurningBody(msgspec.Struct, frozen=True):
    """What would change, the highest scores first; thresholds are the version's own."""

    model_id: str
    used: str | None
    """id of the model that wrote the dossiers; null: there are none"""
    accounts: int
    """that were looked at"""
    raised: tuple[TurnedAccount, ...]
    cleared: tuple[TurnedAccount, ...]


def artefact_of(folder: Path) -> Artefact:
    """The model in the folder of a version. Raises `ModelError` or `WeightsError`."""
    return load(folder / "account", PurposeWeights.load(folder / "text").version)


def turning(artefact: Artefact, dossiers: Sequence[AccountDossier]) -> TurningBody:
    """What `artefact` would change; dossiers under another catalogue of features are left out."""
    used = dossiers[0].model_id if dossiers else None
    fit = [one for one in dossiers if one.model_id == used and len(one.features) == len(NAMES)]
    if not fit:
        return TurningBody(artefact.model_id, used, 0, (), ())
    scores = artefact.scorer.score(np.array([_vector(one) for one in fit])).distillation
    actions = _actions(artefact, fit, scores)
    raised, cleared = (_turned(fit, scores, actions == action) for action in (RAISE, CLEAR))
    return TurningBody(artefact.model_id, used, len(fit), raised, cleared)


def _vector(dossier: AccountDossier) -> list[float]:
    told = {one.feature: np.nan if one.value is None else one.value for one in dossier.features}
    return [told.get(name, np.nan) for name in NAMES]


def _actions(
    artefact: Artefact, fit: Sequence[AccountDossier], scores: NDArray[np.float64]
) -> NDArray[np.int8]:
    """As the policy has it: an alert that is open stays open a little below the bar that raises one."""
    is_open = np.array([one.label == LABELS[DISTILLATION] for one in fit])
    events = np.array([one.requests for one in fit])
    return policy_of(artefact, None).decide(scores, events, is_open, scores)


def _turned(
    fit: Sequence[AccountDossier], scores: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> tuple[TurnedAccount, ...]:
    found = [
        TurnedAccount(one.account_id, one.campaign_id, one.score, score, one.requests)
        for one, score in zip(fit, scores.tolist(), strict=True)
    ]
    kept = [one for one, is_meant in zip(found, chosen.tolist(), strict=True) if is_meant]
    return tuple(sorted(kept, key=lambda one: (-max(one.score, one.other), one.account_id)))
