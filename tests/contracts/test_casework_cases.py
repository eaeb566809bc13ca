from __future__ import annotations

import pytest

from detector.audit.reading import entries, history
from detector.casework.bulk import BulkChanges
from detector.casework.errors import Conflict, NotFound, Refused
from detector.casework.keeper import CaseKeeper
from detector.casework.ranges import read_ranges
from detector.casework.records import CaseQuery, Change, SavedView
from detector.casework.related import Related
from detector.casework.views import Views
from detector.store.findings import DossierRecord
from tests.support.case_desk import Desk, alert, dossier

HOUR = 3_600_000


def test_a_case_begins_with_an_alert(desk: Desk) -> None:
    """With severity, a time by which to look, and what its dossier knows; following again changes nothing."""
    desk.found(alert(1), now=HOUR, dossiers=(dossier("acc-1", answered=6_000, leaked=5_500),))
    case = desk.cases.case("alr_1")
    assert (case.status, case.queue, case.severity, case.opened) == ("new", "open", 4, HOUR)
    assert (case.exchanges, case.leaked, case.first_seen, case.due) == (6_000, 5_500, 50, 5 * HOUR)
    assert desk.keeper.follow(2 * HOUR) == 0
    assert CaseKeeper(desk.database).follow(2 * HOUR) == 0
    assert desk.cases.case("alr_1") == case


def test_a_case_follows_its_alert_and_its_dossier(desk: Desk) -> None:
    """Mere counts do not disturb who is about to decide; a new severity does."""
    desk.found(alert(1))
    first = desk.cases.case("alr_1")
    desk.found(alert(1, 2, score=0.91), dossiers=(dossier("acc-1", 200),))
    second = desk.cases.case("alr_1")
    assert (second.score, second.leaked, second.last_seen, second.version) == (0.91, 7, 200, first.version)
    desk.found(dossiers=(dossier("acc-1", 300, leaked=9_000),), now=HOUR)
    third = desk.cases.case("alr_1")
    assert (third.leaked, third.severity, third.version) == (9_000, 4, first.version + 1)


def test_a_body_that_cannot_be_read_stops_nothing(desk: Desk) -> None:
    """The case stands without figures."""
    desk.found(alert(1), dossiers=(DossierRecord("account", "acc-1", 100, b"?"),))
    assert desk.cases.case("alr_1").exchanges == 0


def test_a_change_says_who_when_and_why(desk: Desk) -> None:
    """What it did is in the audit, from and to."""
    desk.found(alert(1))
    desk.cases.change(["alr_1"], Change(assignee="ann"), "bob", "yours", 5)
    assert desk.cases.case("alr_1").status == "in_progress"
    judged = Change(status="closed", verdict="true_positive_impact", confidence=0.8, add_tags=("vip",))
    (done,) = desk.cases.change(["alr_1"], judged, "ann", "it is one", 6, version=2)
    case = done.case
    assert (case.status, case.closed, case.verdict, case.judged_by, case.judged) == (
        "closed", 6, "true_positive_impact", "ann", 6,
    )  # fmt: skip
    assert (case.queue, case.tags, case.version) == ("closed", ("vip",), 3)
    assert desk.cases.case("alr_1") == case
    told = history(desk.database, "case", "alr_1", 99, 9)[0]
    assert told.number == done.entry
    assert (told.entry.actor, told.entry.time, told.entry.why) == ("ann", 6, "it is one")
    assert b'"status":"in_progress"' in (told.entry.before or b"")
    assert b'"tag:vip":true' in (told.entry.after or b"")
    assert desk.cases.change(["alr_1"], Change(add_tags=("vip",)), "ann", "", 7) == []


def test_what_makes_no_sense_is_refused(desk: Desk) -> None:
    """And nothing is changed, of several cases none."""
    desk.found(alert(1), alert(2))
    desk.cases.change(["alr_2"], Change(status="pending"), "ann", "", 5)
    before = list(entries(desk.database))
    for ids, change in (
        (["alr_1", "alr_2"], Change(status="new")),
        (["alr_1"], Change(confidence=0.5)),
        (["alr_1"], Change(add_tags=("",))),
        (["alr_1"], Change(add_tags=("a\nb",))),
        (["alr_1"], Change(assignee="a\0")),
        (["alr_1"], Change(merge_into="alr_1")),
    ):
        with pytest.raises(Refused):
            desk.cases.change(ids, change, "ann", "", 6)
    with pytest.raises(Refused, match="why has 2001 characters"):
        desk.cases.change(["alr_1"], Change(assignee="ann"), "ann", "x" * 2001, 6)
    with pytest.raises(NotFound, match="alr_9"):
        desk.cases.change(["alr_1", "alr_9"], Change(assignee="ann"), "ann", "", 6)
    with pytest.raises(NotFound):
        desk.cases.case("\0")
    assert list(entries(desk.database)) == before


def test_two_people_do_not_overwrite_each_other(desk: Desk) -> None:
    """Who was second is told, and reads the case again."""
    desk.found(alert(1))
    desk.cases.change(["alr_1"], Change(assignee="ann"), "ann", "", 5, version=1)
    with pytest.raises(Conflict, match="version 2, and the change was made on 1"):
        desk.cases.change(["alr_1"], Change(assignee="bob"), "bob", "", 6, version=1)
    assert desk.cases.case("alr_1").assignee == "ann"


def test_who_opens_a_case_has_it(desk: Desk) -> None:
    """Unless it is somebody's already."""
    desk.found(alert(1))
    assert desk.cases.open_("alr_1", "ann", 5).assignee == "ann"
    assert desk.cases.open_("alr_1", "bob", 6).assignee == "ann"
    assert [one.entry.action for one in entries(desk.database)] == ["open"]


def test_a_change_is_undone_where_nobody_changed_it_since(desk: Desk) -> None:
    """The rest is said to be kept; an undo can be undone."""
    desk.found(alert(1))
    close = Change(status="closed", verdict="false_positive", add_tags=("a", "b"))
    (done,) = desk.cases.change(["alr_1"], close, "ann", "", 5)
    desk.cases.change(["alr_1"], Change(verdict="benign_positive", remove_tags=("a",)), "bob", "", 6)
    (undone,) = desk.cases.undo([done.entry], "ann", "slipped", 7)
    assert undone.restored == ("status", "closed", "tag:b")
    assert undone.kept == ("verdict", "confidence", "judged_by", "judged")
    assert undone.case == desk.cases.case("alr_1")
    assert (undone.case.status, undone.case.queue, undone.case.tags) == ("new", "open", ())
    last = history(desk.database, "case", "alr_1", 99, 9)[0]
    assert last.entry.why == f"takes back entry {done.entry}: slipped"
    desk.cases.undo([last.number], "ann", "", 8)
    assert desk.cases.case("alr_1").status == "closed"
    with pytest.raises(NotFound):
        desk.cases.undo([99], "ann", "", 9)


def test_all_cases_of_a_query_change_at_once(desk: Desk) -> None:
    """As many as were counted, but for those whose status may not be followed; undone at once, too."""
    desk.found(*(alert(number) for number in range(1_100)))
    desk.cases.change(["alr_7"], Change(status="pending"), "ann", "", 5)
    query = CaseQuery(kind="account")
    assert desk.cases.count(query) == 1_100
    with pytest.raises(Refused, match="more than 1,000 cases"):
        desk.bulk.begin(query, Change(status="closed"), "ann", "", 6, most=1_000)
    assert desk.to_the_end(query, Change(status="new")).refused == 1
    done = desk.to_the_end(query, Change(status="closed", verdict="duplicate"), "one prank")
    numbers = read_ranges(done.entries)
    assert (done.changed, len(numbers), done.refused, done.ended) == (1_100, 1_100, 0, 7)
    assert desk.cases.count(query) == 0
    undone = desk.cases.undo(numbers, "ann", "", 8)
    assert len(undone) == 1_100
    assert not any(one.kept for one in undone)
    assert desk.cases.count(query) == 1_100
    assert desk.cases.case("alr_7").status == "pending"


def test_others_change_cases_between_portions(desk: Desk) -> None:
    """What somebody closes meanwhile stays closed, a new case is not meant, and another process goes on."""
    desk.found(*(alert(number) for number in range(450)))
    query, tag = CaseQuery(kind="account"), Change(add_tags=("wave",))
    begun = desk.bulk.begin(query, tag, "ann", "a wave", 6)
    assert (begun.total, desk.bulk.unfinished()) == (450, begun.job_id)
    assert desk.bulk.step(begun.job_id, 6).done == 200
    left = next(one.case_id for one in desk.all_cases() if not one.tags)
    [closed] = desk.cases.change([left], Change(status="closed"), "bob", "", 7)
    desk.found(alert(900))
    other = BulkChanges(desk.database)
    while (found := other.step(begun.job_id, 8)).ended is None:
        pass
    assert (found.changed, found.refused, other.unfinished()) == (450, 0, None)
    assert (desk.cases.case(left).status, desk.cases.case(left).tags) == ("closed", ("wave",))
    assert desk.cases.case("alr_900").tags == ()
    assert closed.entry not in read_ranges(found.entries)
    assert other.step(begun.job_id, 9) == found


def test_a_change_of_many_that_is_refused_says_why(desk: Desk) -> None:
    """What was changed stays, and can be undone; the rest is left as it is."""
    desk.found(*(alert(number) for number in range(450)))
    begun = desk.bulk.begin(CaseQuery(kind="account"), Change(merge_into="alr_3"), "ann", "", 6)
    desk.bulk.step(begun.job_id, 6)
    merged = next(one.case_id for one in desk.all_cases() if one.merged_into)
    desk.cases.change(["alr_3"], Change(merge_into=""), "bob", "", 7)
    desk.cases.undo(read_ranges(desk.bulk.find(begun.job_id).entries), "bob", "", 7)
    desk.cases.change(["alr_3"], Change(merge_into=merged), "bob", "", 7)
    found = desk.bulk.step(begun.job_id, 8)
    assert (found.done, found.ended) == (200, 8)
    assert found.error is not None
    assert desk.bulk.unfinished() is None
    with pytest.raises(NotFound):
        desk.bulk.find("blk_0")


def test_a_change_of_many_into_no_case_is_refused_at_once(desk: Desk) -> None:
    """What could never be done would keep all that come later waiting."""
    desk.found(alert(0))
    with pytest.raises(NotFound, match="'alr_typo' is not known"):
        desk.bulk.begin(CaseQuery(), Change(merge_into="alr_typo"), "ann", "", 6)
    assert desk.bulk.unfinished() is None


def test_merged_cases_are_one_and_can_be_parted(desk: Desk) -> None:
    """One level deep, so that whoever looks for the parts of a case finds all of them."""
    desk.found(*(alert(number) for number in range(4)))
    desk.cases.change(["alr_1"], Change(merge_into="alr_0"), "ann", "", 5)
    done = desk.cases.change(["alr_0"], Change(merge_into="alr_2"), "ann", "same", 6)
    assert {one.case.case_id: one.case.merged_into for one in done} == dict.fromkeys(
        ("alr_0", "alr_1"), "alr_2"
    )
    assert desk.queue("alr_1") == "merged"
    with pytest.raises(Refused, match="alr_0 is part of alr_2; merge into that one"):
        desk.cases.change(["alr_3"], Change(merge_into="alr_0"), "ann", "", 7)
    with pytest.raises(NotFound, match="alr_9"):
        desk.cases.change(["alr_3"], Change(merge_into="alr_9"), "ann", "", 7)
    desk.cases.change(["alr_0"], Change(merge_into=""), "ann", "not the same", 8)
    assert desk.queue("alr_0") == "open"
    (undone,) = desk.cases.undo([done[0].entry], "ann", "", 9)
    assert (undone.restored, undone.kept) == ((), ())


def test_a_merge_is_not_taken_back_into_what_is_part_of_another(desk: Desk) -> None:
    """The undo says so and leaves the case as it is."""
    desk.found(*(alert(number) for number in range(3)))
    desk.cases.change(["alr_0"], Change(merge_into="alr_1"), "ann", "", 5)
    (parted,) = desk.cases.change(["alr_0"], Change(merge_into=""), "ann", "", 6)
    desk.cases.change(["alr_1"], Change(merge_into="alr_2"), "ann", "", 7)
    (undone,) = desk.cases.undo([parted.entry], "ann", "", 8)
    assert (undone.restored, undone.kept) == ((), ("merged_into",))
    assert desk.queue("alr_0") == "open"


def test_a_closed_case_whose_alert_becomes_worse_is_seen_again(desk: Desk) -> None:
    """A false positive is only tagged, until it is more severe; what the detector did is in the audit."""
    desk.found(alert(1, score=0.6), alert(2, score=0.6))
    desk.cases.change(["alr_1"], Change(status="closed", verdict="false_positive"), "ann", "", 5)
    desk.cases.change(["alr_2"], Change(status="closed", verdict="true_positive_impact"), "ann", "", 5)
    desk.found(alert(1, 2, score=0.61), alert(2, 2, score=0.61), now=6)
    assert [desk.queue(name) for name in ("alr_1", "alr_2")] == ["closed", "closed"]
    assert desk.cases.case("alr_1").tags == ()
    desk.found(alert(1, 3, score=0.7), alert(2, 3, score=0.7), now=7)
    assert [desk.queue(name) for name in ("alr_1", "alr_2")] == ["closed", "open"]
    assert desk.cases.case("alr_1").tags == ("changed-since-closed",)
    assert desk.cases.case("alr_2").verdict == "true_positive_impact"
    desk.found(dossiers=(dossier("acc-1", 400, leaked=6_000),), now=8)
    assert (desk.queue("alr_1"), desk.cases.case("alr_1").due) == ("open", 8 + 4 * HOUR)
    told = history(desk.database, "case", "alr_1", 99, 1)[0].entry
    assert (told.actor, told.action) == ("detector", "reopen")


def test_a_cleared_alert_keeps_its_case(desk: Desk) -> None:
    """It presses no more, and comes back with the alert."""
    desk.found(alert(1))
    desk.found(alert(1, 2, status="cleared", score=0.1))
    assert desk.cases.case("alr_1").severity == 1
    desk.cases.change(["alr_1"], Change(status="closed"), "ann", "", 5)
    desk.found(alert(1, 3, score=0.1))
    assert desk.queue("alr_1") == "open"


def test_notes_stay_with_their_case(desk: Desk) -> None:
    """The audit says that there is one, and not what it says."""
    desk.found(alert(1))
    note = desk.notes.comment("alr_1", "ann", " asked them \n", 5)
    assert desk.notes.comments("alr_1") == [note]
    assert note.text == "asked them"
    assert not any("asked" in one.entry.why for one in entries(desk.database))
    with pytest.raises(NotFound):
        desk.notes.comment("alr_9", "ann", "?", 6)
    with pytest.raises(Refused):
        desk.notes.comment("alr_1", "ann", "  ", 6)


def test_views_are_kept_by_their_owner(desk: Desk) -> None:
    """Others see what is shared."""
    views = Views(desk.database)
    mine = views.save(SavedView("ann", "mine", "label=relay", shared=False))
    ours = views.save(SavedView("ann", "ours", "tag=vip", shared=True))
    assert views.views("ann") == [mine, ours]
    assert views.views("bob") == [ours]
    with pytest.raises(NotFound):
        views.forget("bob", "ours")
    views.forget("ann", "ours")
    assert views.views("bob") == []


def test_related_cases_share_a_campaign_or_rare_objects(desk: Desk) -> None:
    """Those of the campaign first, then by how many objects."""
    desk.found(
        *(alert(number) for number in range(5)),
        dossiers=(
            dossier("acc-0", campaign_id="cmp_1", objects=("a", "b", "c")),
            dossier("acc-1", objects=("a", "b")),
            dossier("acc-2", objects=("c",)),
            dossier("acc-3", campaign_id="cmp_1"),
            dossier("acc-4", objects=("d",)),
        ),
    )
    found = Related(desk.database).related("alr_0")
    assert [(one.case.case_id, one.campaign, one.objects) for one in found] == [
        ("alr_3", True, 0),
        ("alr_1", False, 2),
        ("alr_2", False, 1),
    ]
