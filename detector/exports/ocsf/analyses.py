"""What is unusual, beside what is usual: the object `anomaly_analysis` of OCSF 1.5.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detector.dossier.records import AccountDossier, CampaignDossier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.dossier.records import Weighed
    from detector.exports.finding import Finding

_MOST: Final = 12
_VALUE: Final = "Feature value"
_QUANTILES: Final = "Cohort quantiles 0.1, 0.5, 0.9"


def anomaly_analyses(finding: Finding) -> list[dict[str, Any]]:
    """At most one: of the features that raised the score, or of a campaign's indicators."""
    anomalies, baselines = _compared(finding)
    if not anomalies:
        return []
    target = {"name": finding.subject_id, "type": str(finding.alert["kind"])}
    found: dict[str, Any] = {"analysis_targets": [target], "anomalies": anomalies}
    return [found | ({"baselines": baselines} if baselines else {})]


def _compared(finding: Finding) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if isinstance(finding.dossier, AccountDossier):
        raising = [one for one in finding.dossier.features if one.weight > 0 and one.value is not None]
        shown = raising[:_MOST]
        said = {one["code"]: one["detail"] for one in finding.alert.get("reasons", ())}
        return [_anomaly(one, said.get(one.feature)) for one in shown], _baselines(shown)
    pointers = [(one["code"], one["detail"]) for one in _raising(finding)]
    if isinstance(finding.dossier, CampaignDossier):
        pointers = [(one.code, one.detail) for one in finding.dossier.indicators] or pointers
    return [_observed(code, "Indicator", [detail]) for code, detail in pointers[:_MOST]], []


def _raising(finding: Finding) -> list[dict[str, Any]]:
    return [one for one in finding.alert.get("reasons", ()) if one["weight"] > 0]


def _anomaly(one: Weighed, detail: str | None) -> dict[str, Any]:
    found = _observed(one.feature, _VALUE, [f"{one.value:.6g}"])
    return found | ({"observed_pattern": detail} if detail else {})


def _baselines(shown: Sequence[Weighed]) -> list[dict[str, Any]]:
    found = []
    for one in shown:
        known = [value for value in (one.low, one.middle, one.high) if value is not None]
        if known:
            found.append(_observed(one.feature, _QUANTILES, [f"{value:.6g}" for value in known]))
    return found


def _observed(parameter: str, kind: str, values: Sequence[str]) -> dict[str, Any]:
    observations = [{"value": value} for value in values]
    return {"observation_parameter": parameter, "observation_type": kind, "observations": observations}
