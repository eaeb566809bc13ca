from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert

from detector.audit.verify import verify
from detector.casework.bulk import BulkChanges
from detector.casework.cases import Cases
from detector.casework.errors import Refused
from detector.casework.exempting import Exceptions
from detector.casework.keeper import CaseKeeper
from detector.casework.ranges import read_ranges
from detector.casework.records import CaseQuery, Change
from detector.casework.statuses import MOVES, STATUSES, VERDICTS
from detector.store.opening import open_database
from detector.store.schema import alerts

if TYPE_CHECKING:
    from detector.casework.records import ExceptionKind, Scope

IDS: Final = ("alr_0", "alr_1", "alr_2", "alr_3")
LABELS: Final = ("distillation", "relay")
PEOPLE: Final = ("ann", "bob", "")
TAGS: Final = ("a", "b")
SUBJECTS: Final = (
    ("account", "acc-0"),
    ("account", "acc-1"),
    ("detector", "account/relay"),
    ("detector", "account/distillation"),
)
GROUPS: Final = (("status", "closed"), ("verdict", "judged_by", "judged"), ("assignee",), ("merged_into",))


@dataclass
class Expected:
    """A case, as somebody would keep it on paper."""

    number: int
    said: dict[str, Any] = field(
        default_factory=lambda: (
            dict.fromkeys(("closed", "verdict", "judged_by", "judged", "assignee", "merged_into"))
            | {"status": "new"}
        )
    )
    tags: set[str] = field(default_factory=set)

    def coverers(self) -> set[tuple[str, str]]:
        """What covers it."""
        return {("account", f"acc-{self.number}"), ("detector", f"account/{LABELS[self.number % 2]}")}

    def facts(self) -> dict[str, Any]:
        """Everything that people say of it."""
        return self.said | {tag: tag in self.tags for tag in TAGS}


class Triage(RuleBasedStateMachine):
    """People, exceptions and time do to a few cases what they like."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "store.db"
        shutil.copy(self.template, path)
        self.database = open_database(f"sqlite:///{path}")
        self.cases, self.keeper = Cases(self.database), CaseKeeper(self.database)
        self.exceptions, self.many = Exceptions(self.database), BulkChanges(self.database)
        self.now = 1
        self.expected = {name: Expected(number) for number, name in enumerate(IDS)}
        self.done: dict[int, tuple[str, dict[str, Any], dict[str, Any]]] = {}
        self.excepted: dict[str, tuple[str, tuple[str, str], int | None]] = {}
        rows = [self._alert(number) for number in range(len(IDS))]
        with self.database.writing() as connection:
            connection.execute(insert(alerts), rows)
        self.keeper.follow(self.now)

    def teardown(self) -> None:
        """Whatever was done, the audit is whole."""
        assert verify(self.database).fault is None
        self.database.close()
        self.folder.cleanup()

    @rule(
        name=st.sampled_from(IDS),
        status=st.none() | st.sampled_from(STATUSES),
        verdict=st.none() | st.sampled_from(VERDICTS),
        assignee=st.none() | st.sampled_from(PEOPLE),
        added=st.sets(st.sampled_from(TAGS)),
        removed=st.sets(st.sampled_from(TAGS)),
    )
    def change(
        self, name: str, status: Any, verdict: Any, assignee: str | None, added: set[str], removed: set[str]
    ) -> None:
        """Somebody decides something."""
        wanted = Change(status, verdict, None, assignee, tuple(added), tuple(removed))
        one = self.expected[name]
        before = one.facts()
        old = one.said["status"]
        if status not in {None, old, *MOVES[old]}:
            with pytest.raises(Refused):
                self.cases.change([name], wanted, "ann", "", self.now)
            return
        if status is not None and status != old:
            one.said |= {"status": status, "closed": self.now if status == "closed" else None}
        elif assignee and old == "new" and status is None:
            one.said["status"] = "in_progress"
        if verdict is not None and verdict != one.said["verdict"]:
            one.said |= {"verdict": verdict, "judged_by": "ann", "judged": self.now}
        if assignee is not None:
            one.said["assignee"] = assignee or None
        one.tags = (one.tags | added) - removed
        self._did({name: before}, self.cases.change([name], wanted, "ann", "", self.now))

    @rule(name=st.sampled_from(IDS), into=st.sampled_from(("", *IDS)))
    def merge(self, name: str, into: str) -> None:
        """Somebody merges a case with all its parts, or parts it."""
        moved = [one for one in IDS if into and self._target(one) == name]
        before = {one: self.expected[one].facts() for one in (name, *moved)}
        if into == name or (into and self._target(into) is not None):
            with pytest.raises(Refused):
                self.cases.change([name], Change(merge_into=into), "ann", "", self.now)
            return
        for one in before:
            self.expected[one].said["merged_into"] = into or None
        self._did(before, self.cases.change([name], Change(merge_into=into), "ann", "", self.now))

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Somebody takes an earlier change back, or an earlier undo."""
        if not self.done:
            return
        entry = data.draw(st.sampled_from(sorted(self.done)))
        name, before, after = self.done[entry]
        one = self.expected[name]
        current = one.facts()
        for group in (*GROUPS, *((tag,) for tag in TAGS)):
            changed = any(before[key] != after[key] for key in group)
            same = all(current[key] == after[key] for key in group)
            if changed and same and self._may(name, group, before):
                one.said |= {key: before[key] for key in group if key not in TAGS}
                one.tags = {tag for tag in TAGS if (before if tag in group else {tag: tag in one.tags})[tag]}
        last = verify(self.database).head.number
        self.cases.undo([entry], "bob", "", self.now)
        if current != one.facts():
            self.done[last + 1] = (name, current, one.facts())

    @rule(status=st.sampled_from(STATUSES), label=st.none() | st.sampled_from(LABELS))
    def bulk(self, status: Any, label: str | None) -> None:
        """Somebody changes all open cases, or those of a label."""
        query = CaseQuery(label=label)
        meant = [
            name
            for name, one in self.expected.items()
            if self._queue(one) == "open" and label in {None, LABELS[one.number % 2]}
        ]
        assert self.cases.count(query) == len(meant)
        done = self.many.begin(query, Change(status=status), "ann", "", self.now)
        while done.ended is None:
            done = self.many.step(done.job_id, self.now)
        changed = 0
        for name in meant:
            one = self.expected[name]
            if status in MOVES[one.said["status"]]:
                one.said |= {"status": status, "closed": self.now if status == "closed" else None}
                changed += 1
        numbers = read_ranges(done.entries) if done.entries else []
        assert (done.changed, len(numbers)) == (changed, changed)

    @rule(
        kind=st.sampled_from(("allow", "snooze")),
        subject=st.sampled_from(SUBJECTS),
        lasts=st.none() | st.integers(1, 5),
    )
    def exempt(self, kind: ExceptionKind, subject: tuple[Scope, str], lasts: int | None) -> None:
        """Somebody excepts an account or a detector."""
        until = None if lasts is None and kind == "allow" else self.now + (lasts or 1)
        made = self.exceptions.add(kind, *subject, "because", "ann", self.now, until)
        self.excepted[made.exception_id] = (kind, subject, until)

    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """Somebody takes an exception back."""
        if self.excepted:
            name = data.draw(st.sampled_from(sorted(self.excepted)))
            del self.excepted[name]
            self.exceptions.end(name, "ann", "", self.now)

    @rule(by=st.integers(1, 3))
    def wait(self, by: int) -> None:
        """Time passes, exceptions end, and the keeper looks."""
        self.now += by
        self.excepted = {
            name: one for name, one in self.excepted.items() if one[2] is None or one[2] > self.now
        }
        self.keeper.follow(self.now)

    @invariant()
    def cases_are_as_expected(self) -> None:
        """Facts, queue and what is listed in it."""
        for name, one in self.expected.items():
            case = self.cases.case(name)
            assert {key: getattr(case, key) for key in one.said} == one.said
            assert set(case.tags) == one.tags
            assert case.queue == self._queue(one)
            assert (case.closed is not None) == (case.status == "closed") == (case.closed_score is not None)
        for tag in TAGS:
            meant = {name for name, one in self.expected.items() if tag in one.tags}
            found = self.cases.page(CaseQuery(queue=None, tag=tag)).items
            assert {case.case_id for case in found} == meant

    @invariant()
    def the_hook_knows(self) -> None:
        """The exceptions in force are those on paper."""
        found = {one.exception_id for one in self.exceptions.exceptions(self.now)}
        assert found == set(self.excepted)

    def _did(self, before: dict[str, dict[str, Any]], found: Any) -> None:
        for one in found:
            name = one.case.case_id
            self.done[one.entry] = (name, before[name], self.expected[name].facts())
        changed = {name for name, old in before.items() if old != self.expected[name].facts()}
        assert {one.case.case_id for one in found} == changed

    def _target(self, name: str) -> str | None:
        target: str | None = self.expected[name].said["merged_into"]
        return target

    def _may(self, name: str, group: tuple[str, ...], before: dict[str, Any]) -> bool:
        """A case goes back into another only if neither is part of something or has parts."""
        if group != ("merged_into",) or before["merged_into"] is None:
            return True
        has_parts = any(self._target(one) == name for one in IDS)
        return self._target(before["merged_into"]) is None and not has_parts

    def _queue(self, one: Expected) -> str:
        if one.said["merged_into"]:
            return "merged"
        if one.said["status"] == "closed":
            return "closed"
        kinds = {kind for kind, subject, _ in self.excepted.values() if subject in one.coverers()}
        return "allowed" if "allow" in kinds else "snoozed" if kinds else "open"

    @staticmethod
    def _alert(number: int) -> dict[str, Any]:
        return {
            "version": number + 1, "alert_id": IDS[number], "revision": 1, "time": 1, "kind": "account",
            "subject_id": f"acc-{number}", "label": LABELS[number % 2], "score": 0.9, "status": "open",
            "recorded": 1, "body": b"{}",
        }  # fmt: skip


def test_whatever_people_do_cases_are_as_on_paper(sqlite_template: Path) -> None:
    """Changes, merges, undos, exceptions and their ends, in any order, against a plain model."""
    machine = type("Machine", (Triage,), {"template": sqlite_template})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=8, stateful_step_count=14, deadline=None)
    )
