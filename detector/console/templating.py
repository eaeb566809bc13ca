"""The templates, and what all of them know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, pass_context
from markupsafe import Markup

from detector.casework.statuses import VERDICTS
from detector.console.views import words
from detector.people.guard import FIELD

if TYPE_CHECKING:
    from jinja2.runtime import Context

    from detector.console.assets import Assets

NAVIGATION: Final = (
    ("/console", "Overview", "look"),
    ("/console/queue", "Queue", "look"),
    ("/console/models", "Models", "look"),
    ("/console/audit", "Audit", "audit"),
    ("/console/settings", "Settings", "look"),
    ("/console/help", "Help", "look"),
)
"""Address, name, and the permission that it takes."""
KEYS: Final = (
    ("j  k", "next or previous row"),
    ("x", "select the row"),
    ("a", "assign to me"),
    *((str(at), f"verdict: {verdict.replace('_', ' ')}") for at, verdict in enumerate(VERDICTS, 1)),
    ("e", "expand the row, or fold it"),
    ("Enter", "open"),
    ("z", "take back what was done last"),
    ("n", "show what is new"),
    ("/", "search"),
    ("g q", "go to the queue"),
    ("g o", "go to the overview"),
    ("?", "these keys"),
)
_FILTERS: Final = {
    "number": words.number,
    "figure": words.figure,
    "percent": words.percent,
    "score": words.score,
    "duration": words.duration,
    "moment": words.moment,
    "machine": words.machine,
    "severity": words.severity,
    "words": words.words,
    "clip": words.clip,
    "segment": words.segment,
}


def make_templates(assets: Assets) -> Environment:
    """Templates of the console and of signing in; text is escaped, and what is not there is an error."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("detector.console"), PackageLoader("detector")]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(_FILTERS)
    made.globals.update(
        asset=assets.address,
        htmx=assets.htmx,
        navigation=NAVIGATION,
        keys=KEYS,
        verdicts=VERDICTS,
        forgery=_forgery,
    )
    return made


@pass_context
def _forgery(context: Context) -> Markup:
    """The field by which a form proves that a page of ours made it."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, context["token"])
