"""The experiments of a full evaluation: traffic never seen, text and fields withheld, attackers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pandas as pd

from detector.evaluate.adversary.attacker import adaptive
from detector.evaluate.adversary.trial import Ground
from detector.evaluate.experiments import cached_world, leave_one_out, missing, privacy
from detector.evaluate.experiments.evasion import evasion
from detector.truth import WorldError
from models.boosting import UnlearnableError
from models.dataset import join
from models.folds import FOLDS
from models.scorer import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from detector.compose import Setup
    from detector.evaluate.experiments.steps import Step
    from detector.evaluate.measure import LabelledWorld
    from detector.evaluate.results import Evaluation
    from detector.truth import WorldTruth
    from features.text.purposes import PurposeWeights
    from streaming.simulator.plan import WorldPlan


def check_trainable(truths: Sequence[WorldTruth]) -> None:
    """Raise `WorldError` where a class has too few campaigns or accounts to be split into folds."""
    accounts = pd.concat([truth.accounts for truth in truths])
    groups = accounts["campaign_id"].fillna(accounts["account_id"])
    for label in LABELS:
        found = groups[accounts["label"] == label].nunique()
        if found < FOLDS:
            raise WorldError(
                f"training worlds {', '.join(truth.name for truth in truths)}: {found} independent groups of "
                f"{label} accounts, and {FOLDS} are needed; name larger worlds with --train"
            )


def with_left_out(
    evaluation: Evaluation, train: Sequence[Path], weights: PurposeWeights, cache: Path, step: Step
) -> Evaluation:
    """Add families and archetypes left out of training on the worlds `train`; their rows stay in `cache`.

    Raises `WorldError` where these hold too little to learn from.
    """
    rows = join([cached_world(folder, weights, cache) for folder in train])
    names = tuple(folder.name for folder in train)
    try:
        found = leave_one_out(rows, step=step)
    except UnlearnableError as error:
        raise WorldError(f"training worlds {', '.join(names)}: {error}") from None
    return msgspec.structs.replace(evaluation, leave_one_out=found, trained_on=names)


def with_less_logged(evaluation: Evaluation, world: LabelledWorld, setup: Setup, step: Step) -> Evaluation:
    """Add privacy levels and missing fields, by replaying one world again and again."""
    return msgspec.structs.replace(
        evaluation,
        privacy=privacy(world.logs, world.truth, setup, step),
        missing=missing(world.logs, world.truth, setup, step=step),
        replayed=world.truth.name,
    )


def with_evaders(evaluation: Evaluation, setup: Setup, plan: WorldPlan, step: Step) -> Evaluation:
    """Add evasion curves and an attacker who searches, on campaigns staged beside the world of `plan`."""
    step("honest accounts of the evasion experiments", 1, 1)
    ground = Ground.open(setup, plan)
    return msgspec.structs.replace(
        evaluation, evasion=evasion(ground, step=step), adaptive=adaptive(ground, step=step)
    )
