"""A finding in words that people read, without anything that an account sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.casework.records import SEVERITIES
from detector.dossier.records import CampaignDossier

if TYPE_CHECKING:
    from detector.exports.finding import Activity, Finding

ACTIVITY_WORDS: Final[dict[Activity, str]] = {"create": "New", "update": "Changed", "close": "Closed"}
VERDICT_WORDS: Final = {
    "true_positive_impact": "true positive, with impact",
    "true_positive_no_impact": "true positive, without impact",
    "benign_positive": "authorised use",
    "false_positive": "false positive",
    "duplicate": "duplicate",
    "undetermined": "undetermined",
}
_MARKUP: Final = str.maketrans({"@": "@\u200b", "<": "\u2039", ">": "\u203a", "`": "'"})
_LABELS: Final = {"distillation": "Model extraction", "relay": "Resale of access"}


def class_name(label: str) -> str:
    """A label as people say it."""
    return _LABELS.get(label, label)


def title(finding: Finding) -> str:
    """A few words; an account's name, which its owner may have chosen, is not among them."""
    what = class_name(finding.label)
    if not finding.is_campaign:
        return f"{what} by an account"
    return (
        f"{what} by a campaign of {finding.accounts:,} accounts"
        if finding.accounts
        else f"{what} by a campaign"
    )


def sentence(finding: Finding) -> str:
    """What it is, in one sentence."""
    if isinstance(finding.dossier, CampaignDossier) and finding.dossier.sentence:
        return finding.dossier.sentence
    kind = "Campaign" if finding.is_campaign else "Account"
    said = f"{kind} {finding.subject_id}: {class_name(finding.label).lower()}, score {finding.score:.3f}"
    if finding.exchanges:
        said += (
            f", {finding.exchanges:,} answered requests, {finding.leaked:,} of them before the first alert"
        )
    return f"{said}."


def evidence(finding: Finding) -> list[str]:
    """What speaks for it, the weightiest first."""
    dossier = finding.dossier
    shown = [] if not isinstance(dossier, CampaignDossier) else [one.detail for one in dossier.indicators]
    reasons = [one for one in finding.alert.get("reasons", ()) if one["weight"] > 0]
    return [*shown, *(one["detail"] for one in reasons)]


def severity_name(finding: Finding) -> str:
    """`informational` to `critical`."""
    return SEVERITIES[finding.severity]


def status_name(finding: Finding) -> str:
    """The case's status, or the alert's where there is no case."""
    return str(finding.alert["status"]) if finding.case is None else finding.case.status


def verdict_name(finding: Finding) -> str:
    """In words; empty while there is none."""
    verdict = None if finding.case is None else finding.case.verdict
    return "" if verdict is None else VERDICT_WORDS[verdict]


def summary(finding: Finding) -> tuple[str, str]:
    """Title and text of a message to people."""
    head = f"[{severity_name(finding)}] {ACTIVITY_WORDS[finding.activity]}: {title(finding)}"
    facts = [f"Status: {status_name(finding)}", f"Alert: {finding.alert_id}"]
    if verdict := verdict_name(finding):
        facts.insert(1, f"Verdict: {verdict}")
    lines = [sentence(finding), *(f"- {said}" for said in evidence(finding)[:3]), *facts]
    return head, "\n".join(map(inert, lines))


def inert(text: str) -> str:
    """On one line, with nothing in it that a chat would take for a mention, a link or markup of its own."""
    one_line = "".join(letter if letter.isprintable() else " " for letter in text)
    return one_line.translate(_MARKUP)
