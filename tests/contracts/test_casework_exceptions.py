from __future__ import annotations

from typing import Any

import pytest

from detector.audit.reading import entries
from detector.casework.errors import Refused
from detector.casework.records import Change
from detector.store.dossier_schema import organisations
from detector.store.hook_records import Control
from tests.support.case_desk import Desk, alert, dossier

HOUR = 3_600_000


def controls(desk: Desk) -> dict[tuple[str, str], bytes | None]:
    """What the hook goes by."""
    return {(one.control.kind, one.control.subject): one.control.body for one in desk.store.controls(0, 99)}


@pytest.mark.parametrize(
    ("scope", "subject", "kind"),
    [
        ("account", "acc-1", "allow"),
        ("campaign", "cmp_1", "allow_campaign"),
        ("organisation", "org-1", "allow_organisation"),
        ("detector", "account/distillation", "allow_detector"),
    ],
)
def test_an_exception_counts_for_queue_and_hook_at_once(
    desk: Desk, scope: Any, subject: str, kind: str
) -> None:
    """And ends for both at once, whatever was closed meanwhile."""
    desk.found(alert(1), dossiers=(dossier("acc-1", campaign_id="cmp_1"),))
    desk.found(alert(2, label="relay"))
    with desk.database.writing() as connection:
        connection.execute(organisations.insert(), [{"account_id": "acc-1", "org_id": "org-1", "version": 1}])
    made = desk.exceptions.add("allow", scope, subject, "a customer", "ann", 5)
    assert (desk.queue("alr_1"), desk.queue("alr_2")) == ("allowed", "open")
    assert controls(desk) == {(kind, subject): b'{"until":null}'}
    desk.cases.change(["alr_1"], Change(status="closed"), "ann", "", 6)
    assert desk.queue("alr_1") == "closed"
    desk.found(alert(1, 2, score=0.99), now=7)
    assert desk.queue("alr_1") == "allowed"
    ended = desk.exceptions.end(made.exception_id, "bob", "left", 8)
    assert (ended.ended, desk.queue("alr_1")) == (8, "open")
    assert controls(desk) == {(kind, subject): None}
    assert desk.exceptions.exceptions(9) == []
    with pytest.raises(Refused, match="is over already"):
        desk.exceptions.end(made.exception_id, "bob", "", 9)


def test_a_snooze_ends_by_itself(desk: Desk) -> None:
    """The hook knows when; the queue shows the case again at the keeper's next look."""
    desk.found(alert(1))
    desk.exceptions.add("snooze", "account", "acc-1", "on holiday", "ann", 5, until=50)
    desk.exceptions.add("allow", "account", "acc-1", "until audited", "ann", 6, until=20)
    assert desk.queue("alr_1") == "allowed"
    assert controls(desk) == {("allow", "acc-1"): b'{"until":50}'}
    desk.keeper.follow(20)
    assert desk.queue("alr_1") == "snoozed"
    desk.keeper.follow(50)
    assert desk.queue("alr_1") == "open"
    assert [one.entry.action for one in entries(desk.database)][-2:] == ["lapse", "lapse"]
    with pytest.raises(Refused, match="a snooze has an end"):
        desk.exceptions.add("snooze", "account", "acc-1", "for good", "ann", 60)


def test_what_the_hook_allows_is_an_exception(desk: Desk) -> None:
    """There is one truth: whoever lists exceptions sees it, and the queue follows."""
    desk.found(alert(1))
    desk.store.control([Control("allow", "acc-1", b'{"until":90}')], "bob", "a customer", 5)
    desk.keeper.follow(6)
    (one,) = desk.exceptions.exceptions(6)
    assert (one.scope, one.subject, one.owner, one.until) == ("account", "acc-1", "bob", 90)
    assert desk.queue("alr_1") == "allowed"
    desk.store.control([Control("allow", "acc-1", None)], "bob", "left", 7)
    desk.keeper.follow(8)
    assert (desk.exceptions.exceptions(8), desk.queue("alr_1")) == ([], "open")


def test_what_the_hook_takes_back_before_anybody_looked_hides_nothing(desk: Desk) -> None:
    """A person who changes a case under it lists the case as allowed, and the keeper lists it anew."""
    desk.found(alert(1))
    desk.store.control([Control("allow", "acc-1", b'{"until":null}')], "bob", "a customer", 5)
    desk.cases.change(["alr_1"], Change(status="in_progress"), "ann", "", 6)
    assert desk.queue("alr_1") == "allowed"
    desk.store.control([Control("allow", "acc-1", None)], "bob", "left", 7)
    desk.keeper.follow(8)
    assert desk.queue("alr_1") == "open"
    assert desk.keeper.follow(9) == 0


def test_an_account_whose_organisation_is_told_later_is_excepted(desk: Desk) -> None:
    """The keeper looks each time."""
    desk.exceptions.add("allow", "organisation", "org-1", "a partner", "ann", 5)
    desk.found(alert(1))
    assert desk.queue("alr_1") == "open"
    with desk.database.writing() as connection:
        connection.execute(organisations.insert(), [{"account_id": "acc-1", "org_id": "org-1", "version": 1}])
    desk.keeper.follow(6)
    assert desk.queue("alr_1") == "allowed"
