"""What was measured, the main figures side by side, and what is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.evaluate.rates import RULE_OF_THREE
from detector.evaluate.report.document import Section, Table
from detector.evaluate.report.words import estimated, listed, number, percent, spread, told
from detector.evaluate.results import OURS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detector.evaluate.grades import AtRate, CampaignLeak, Grades
    from detector.evaluate.results import Evaluation, WorldResult

_LISTED: Final = 8
_LIMIT: Final = 0.005
_WEAK: Final = 0.5


def measured(evaluation: Evaluation) -> Section:
    """The worlds, and how far figures from them reach."""
    synthetic = [world.name for world in evaluation.worlds if world.synthetic]
    seen = [world.name for world in evaluation.worlds if world.seen_in_training]
    count = len(evaluation.worlds)
    said = [
        (
            f"Model `{evaluation.model_id}` under the thresholds `{evaluation.thresholds}`, on {count} "
            f"labelled {'world' if count == 1 else 'worlds'}, run as `stillwatch replay` runs: an alert "
            "counts from the end of the tick that raised it, and nothing that became known later was used."
        )
    ]
    if synthetic:
        said.append(
            f"**Synthetic worlds: {listed(synthetic)}.** Accounts and campaigns are invented. The figures "
            "compare detectors and show where they fail. They do not forecast a deployment, where "
            "campaigns, customers and their proportions differ."
        )
    if seen:
        said.append(f"**Seen in training: {listed(seen)}.** Figures there flatter the model.")
    rows = tuple(_counted(world) for world in evaluation.worlds)
    head = ("world", "honest accounts", "distillation", "relay", "campaigns", "requests")
    return Section(
        "What was measured",
        tuple(said),
        parts=(Table(f"{_label(evaluation.worlds)}Accounts by truth", head, rows),),
        brief=True,
    )


def _counted(world: WorldResult) -> tuple[str, ...]:
    counts = world.detectors[OURS].counts
    figures = (counts.benign, counts.distillation, counts.relay, counts.campaigns, world.events)
    return (world.name, *(f"{figure:,}" for figure in figures))


def in_short(worlds: Sequence[WorldResult]) -> Section:
    """The main figures, a column for each world."""
    ours = [world.detectors[OURS] for world in worlds]
    rows = tuple((name, *(say(grades) for grades in ours)) for name, say in _MAIN)
    table = Table(
        f"{_label(worlds)}In brackets: 95 % interval and what was counted",
        ("", *(w.name for w in worlds)),
        rows,
    )
    return Section("In short", parts=(table,), brief=True)


def _at(found: AtRate) -> str:
    if not found.supported:
        return "no claim: too few honest accounts"
    return estimated(found.macro)


def _median(which: Callable[[Grades], tuple[str, ...]]) -> Callable[[Grades], str]:
    def say(grades: Grades) -> str:
        median, between, _, missed = which(grades)
        return f"{median} ({between}; never: {missed})"

    return say


_MAIN: Final[tuple[tuple[str, Callable[[Grades], str]], ...]] = (
    ("TPR at 0.1 % FPR, mean over families", lambda g: _at(g.at[0])),
    ("TPR at 0.01 % FPR, mean over families", lambda g: _at(g.at[1])),
    ("distillation accounts alerted", lambda g: told(g.alerts.recall)),
    ("honest accounts alerted", lambda g: told(g.alerts.fpr)),
    ("honest accounts alerted at any time, cleared ones too", lambda g: told(g.alerts.fpr_ever)),
    ("alerts that are right", lambda g: told(g.alerts.precision)),
    ("pure relay accounts alerted", lambda g: told(g.relays.pure_alerted)),
    ("exchanges before a campaign's first alert, median", _median(lambda g: spread(g.leakage.before_first))),
    ("hours to a campaign's first alert, median", _median(lambda g: spread(g.leakage.hours))),
    ("share of its exchanges a campaign got", lambda g: estimated(g.leakage.share)),
    ("campaigns found whole", lambda g: told(g.groups.recall)),
)


def missed(world: WorldResult) -> Section:
    """What got through."""
    grades = world.detectors[OURS]
    items = [*_missed_attacks(grades), *_unclaimed(grades)]
    said = f"{_label([world])}What got through, and what cannot be claimed."
    return Section(f"What is missed: {world.name}", (said,), tuple(items), brief=True)


def _label(worlds: Sequence[WorldResult]) -> str:
    return "Synthetic. " if any(world.synthetic for world in worlds) else ""


def _missed_attacks(grades: Grades) -> list[str]:
    leaks = grades.leakage
    if not leaks.campaigns:
        return ["This world has no campaign with an answered request: nothing could be missed."]
    got, half, most = leaks.leaked_exchanges, leaks.before_half, leaks.before_most
    families = sorted(grades.at[0].families.items(), key=lambda item: item[1].value)
    weak = [f"{name} ({rate.hits:,} of {rate.n:,})" for name, rate in families if rate.value < _WEAK]
    leaked = f"{got.hits:,} of {got.n:,} exchanges of campaigns ({percent(got.value)})"
    return [
        f"{leaked} were answered before the issuing account's alert.",
        _never_alerted(leaks.campaigns),
        f"Families with less than half of their accounts above the cut at 0.1 % FPR: {listed(weak)}.",
        (
            f"Half of their accounts were never flagged: {half.missed} of {half.n} campaigns. "
            f"Nine tenths never: {most.missed}."
        ),
        f"Not found as a whole: {grades.groups.recall.n - grades.groups.recall.hits} of {half.n} campaigns.",
    ]


def _never_alerted(campaigns: Sequence[CampaignLeak]) -> str:
    never = sorted((c for c in campaigns if c.hours is None), key=lambda c: (-c.exchanges, c.campaign_id))
    names = [f"{c.campaign_id} ({c.family}, {c.exchanges:,} exchanges)" for c in never[:_LISTED]]
    more = f" and {len(never) - _LISTED} more" if len(never) > _LISTED else ""
    return f"Campaigns without any alert: {len(never)} of {len(campaigns)}: {listed(names)}{more}."


def _unclaimed(grades: Grades) -> list[str]:
    archetypes, needed = grades.alerts.archetypes, number(RULE_OF_THREE / _LIMIT)
    small = [name for name, rate in archetypes.items() if not rate.can_support(_LIMIT)]
    short = [percent(at.fpr) for at in grades.at if not at.supported]
    alone = [name for name, found in grades.groups.families.items() if found.n == 1]
    return [
        (
            f"Too few accounts to claim {percent(_LIMIT)} ({needed} are needed without one alarm) for "
            f"{len(small)} of {len(archetypes)} honest archetypes: {listed(small)}."
        ),
        f"FPR at which {grades.counts.benign:,} honest accounts are too few for a claim: {listed(short)}.",
        (
            "Families of which this world holds a single campaign, so that no interval here says anything "
            f"of the next one: {listed(alone)}."
        ),
    ]
