"""Why an account has its score, feature by feature, worked out from its stored features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detector.contributions import contributions
from detector.report.findings import FindingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.contributions import Contribution
    from detector.report.findings import Findings
    from models.artefact import Artefact


@dataclass(frozen=True, slots=True)
class Explanation:
    """An account's score, taken apart: `rest` and the weights add up to its logit."""

    account: str
    contributions: tuple[Contribution, ...]
    """of every feature, the heaviest first, whatever the sign"""
    rest: float

    @property
    def moving(self) -> list[Contribution]:
        """Those that add something."""
        return [part for part in self.contributions if part.weight != 0]

    def evidence(self, count: int) -> list[Contribution]:
        """The heaviest that raise the score."""
        return [part for part in self.contributions if part.weight > 0][:count]


def explain_accounts(
    findings: Findings, artefact: Artefact, accounts: Sequence[str]
) -> dict[str, Explanation]:
    """Explanations by account id; raises `FindingsError` when another model made the findings."""
    made = findings.summary.get("model")
    if made != artefact.model_id:
        raise FindingsError(
            f"the findings were made by model {made}, but {artefact.model_id} is in use; "
            "name the model with --model, or replay the logs again"
        )
    vectors = findings.features.loc[list(accounts)].to_numpy(np.float64)
    weights, rest = artefact.scorer.contributions(np.ascontiguousarray(vectors))
    return {
        account: Explanation(
            account, contributions(artefact.cohorts, vectors[at], weights[at]), float(rest[at])
        )
        for at, account in enumerate(accounts)
    }
