"""Alerts against the truth: how many are right, whom the wrong ones hit, and what becomes of relays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.evaluate.grades import Alerts, Budget, Relays
from detector.evaluate.rates import Rate, macro
from detector.evaluate.roc import FPRS, by_family, strict_tpr

if TYPE_CHECKING:
    import pandas as pd

    from detector.evaluate.joined import Joined

BUDGETS: Final = (10, 50)
"""New alerts that an analyst can look at in a day."""
RELAY_FPR: Final = 0.02

_DAY: Final = 86_400_000_000


def grade_alerts(joined: Joined) -> Alerts:
    """Figures of accounts whose alerts stand at the end of the log, and of honest ones alerted meanwhile."""
    honest, attack = joined.labelled("benign"), joined.labelled("distillation")
    wrong, right = int(honest["alert"].sum()), int(attack["alert"].sum())
    relays = int(joined.labelled("relay")["alert"].sum())
    families = by_family(attack, attack["alert"].to_numpy())
    archetypes = {
        str(name): Rate.among(alerts.to_numpy()) for name, alerts in honest.groupby("archetype")["alert"]
    }
    return Alerts(
        precision=Rate.of(right, right + wrong),
        precision_with_relays=Rate.of(right, right + wrong + relays),
        recall=Rate.of(right, len(attack)),
        macro_recall=macro(families),
        fpr=Rate.of(wrong, len(honest)),
        fpr_ever=Rate.among(honest["alert_ever"].to_numpy()),
        families=families,
        archetypes=archetypes,
        worst=max(archetypes, key=lambda name: archetypes[name].value) if wrong else None,
        budgets=tuple(budget(joined.accounts, a_day) for a_day in BUDGETS),
    )


def budget(accounts: pd.DataFrame, a_day: int) -> Budget:
    """Precision of the first `a_day` new alerts of each day (UTC).

    In order of their time, then of the account's id: a later score must not choose among them.
    """
    alerted = accounts[accounts["alert"]].sort_values(["alert_at", "account_id"])
    day = alerted["alert_at"] // _DAY
    seen = alerted[alerted.groupby(day).cumcount() < a_day]
    return Budget(a_day, int(day.nunique()), Rate.among((seen["label"] == "distillation").to_numpy()))


def grade_relays(joined: Joined) -> Relays:
    """Figures of relay accounts."""
    relays, pure = joined.labelled("relay"), joined.pure_relays()
    strict = strict_tpr(joined, FPRS[0], RELAY_FPR)
    return Relays(
        labelled=Rate.among((relays["said_label"] == "relay").to_numpy()),
        alerted=Rate.among(relays["alert"].to_numpy()),
        pure_labelled=Rate.among((pure["said_label"] == "relay").to_numpy()),
        pure_alerted=Rate.among(pure["alert"].to_numpy()),
        strict_tpr=macro(strict),
        strict_families={name: rate.value for name, rate in strict.items()},
    )
