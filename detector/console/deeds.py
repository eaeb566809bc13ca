"""What a form asks to be done to cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from detector.casework.records import Change
from detector.casework.statuses import STATUSES, VERDICTS
from detector.console.desk.errors import Senseless
from detector.console.queries import ME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.casework.statuses import Status, Verdict
    from detector.people.guard import Visitor

DEEDS: Final = (
    ("assign:me", "Assign to me"),
    ("assign:", "Assign to nobody"),
    *((f"verdict:{one}", f"Close as {one.replace('_', ' ')}") for one in VERDICTS),
    *((f"status:{one}", f"Set to {one.replace('_', ' ')}") for one in STATUSES),
    ("tag:", "Add the tag"),
    ("untag:", "Remove the tag"),
)
"""What may be done to many cases, and how it is called."""


def change_of(form: Mapping[str, str], who: Visitor) -> Change:
    """Of one case. Raises `Senseless` where a form asks for nothing."""
    if form.get("verdict"):
        return _judged(form["verdict"])
    if form.get("status"):
        return Change(status=cast("Status", form["status"]))
    if "assignee" in form:
        return Change(assignee=who.user_id if form["assignee"] == ME else form["assignee"])
    if form.get("add_tag"):
        return Change(add_tags=(form["add_tag"],))
    if form.get("remove_tag"):
        return Change(remove_tags=(form["remove_tag"],))
    raise Senseless("the form asks for nothing; load the page again")


def deed_of(deed: str, tag: str, who: Visitor) -> Change:
    """Of many cases. Raises `Senseless`."""
    kind, _, value = deed.partition(":")
    if deed not in dict(DEEDS):
        raise Senseless("the form asks for nothing that can be done to many; load the page again")
    if kind == "verdict":
        return _judged(value)
    if kind == "status":
        return Change(status=cast("Status", value))
    if kind == "assign":
        return Change(assignee=who.user_id if value == ME else "")
    if not tag.strip():
        raise Senseless("tag is empty; write one")
    return Change(add_tags=(tag,)) if kind == "tag" else Change(remove_tags=(tag,))


def _judged(verdict: str) -> Change:
    """Whoever gives a verdict is done with the case."""
    return Change(status="closed", verdict=cast("Verdict", verdict))
