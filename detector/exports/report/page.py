"""A finding as one HTML page to print or to hand on: no script, nothing from outside, all text escaped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from detector.campaigns.kinds import kind_name
from detector.dossier.records import AccountDossier, CampaignDossier
from detector.exports import wording
from detector.exports.atlas import technique
from detector.exports.report.pictures import WIDTH, links, moments

if TYPE_CHECKING:
    from detector.exports.finding import Finding


def report(finding: Finding) -> str:
    """The page. Prompts are not in it, beyond the template that the dossier may show."""
    environment = Environment(
        loader=PackageLoader("detector.exports"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": _moment, "kind": kind_name, "count": "{:,}".format}
    return environment.get_template("report.html.jinja").render(_context(finding))


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _context(finding: Finding) -> dict[str, Any]:
    dossier = finding.dossier
    campaign = dossier if isinstance(dossier, CampaignDossier) else None
    return {
        "finding": finding,
        "title": wording.title(finding),
        "sentence": wording.sentence(finding),
        "severity": wording.severity_name(finding),
        "status": wording.status_name(finding).replace("_", " "),
        "verdict": wording.verdict_name(finding) or "none yet",
        "evidence": wording.evidence(finding),
        "techniques": [technique(uid) for uid in finding.alert.get("techniques", ())],
        "campaign": campaign,
        "account": dossier if isinstance(dossier, AccountDossier) else None,
        "against": dossier.against if dossier else (),
        "width": WIDTH,
        "timeline": moments(campaign.moments, finding.first_seen, finding.last_seen) if campaign else None,
        "links": links(campaign) if campaign else None,
    }
