"""The report's sections, in order. What was not measured has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.evaluate.report import detection, leaking, overview, robustness
from detector.evaluate.report.document import Section
from detector.evaluate.results import OURS

if TYPE_CHECKING:
    from detector.evaluate.results import Evaluation, WorldResult


def sections(evaluation: Evaluation) -> list[Section]:
    """All sections that the evaluation fills."""
    found = [overview.measured(evaluation), overview.in_short(evaluation.worlds)]
    found += [overview.missed(world) for world in evaluation.worlds]
    for world in evaluation.worlds:
        found += _of_world(world)
    return found + _of_experiments(evaluation)


def _of_world(world: WorldResult) -> list[Section]:
    grades = world.detectors[OURS]
    found = [Section(f"World {world.name}", brief=True)]
    found += [detection.caught(world)] if grades.at[0].families else []
    found += [detection.alerted(world)]
    found += [detection.relays(world)] if grades.counts.relay else []
    if grades.leakage.campaigns:
        found += [leaking.leaked(world), leaking.grouped(world)]
    found += [leaking.calibrated(world)]
    found += [leaking.beside(world)] if len(world.detectors) > 1 else []
    return found


def _of_experiments(evaluation: Evaluation) -> list[Section]:
    found = []
    if evaluation.leave_one_out:
        found.append(robustness.left_out(evaluation.leave_one_out, evaluation.trained_on))
    if evaluation.privacy:
        found.append(robustness.privacy(evaluation.privacy, evaluation.replayed))
    if evaluation.missing:
        found.append(robustness.missing(evaluation.missing, evaluation.replayed))
    if evaluation.evasion:
        found.append(robustness.evaded(evaluation.evasion))
    if evaluation.adaptive is not None:
        found.append(robustness.adaptive(evaluation.adaptive))
    return found
