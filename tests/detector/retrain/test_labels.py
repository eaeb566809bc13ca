from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.casework.records import Case
from detector.retrain.labels import Label, LabelError
from detector.retrain.settling import settle
from detector.retrain.table import read_table
from detector.retrain.verdicts import INHERITED, from_cases

if TYPE_CHECKING:
    from pathlib import Path


def case(**values: Any) -> Case:
    """A judged case about an account."""
    usual: dict[str, Any] = {
        "case_id": "al-1", "kind": "account", "subject_id": "acct-1", "campaign_id": None,
        "label": "distillation", "score": 0.9, "severity": 3, "alert_status": "open", "revision": 1,
        "first_seen": 500, "last_seen": 900, "accounts": 1, "exchanges": 10, "leaked": 2, "opened": 600,
        "status": "closed", "verdict": "true_positive_impact", "confidence": 0.8, "judged_by": "ana",
        "judged": 1000, "assignee": None, "due": 0, "closed": 1000, "merged_into": None, "queue": "closed",
        "rank": 0, "version": 1,
    }  # fmt: skip
    return Case(**(usual | values))


@pytest.mark.parametrize(
    ("verdict", "said", "since"),
    [
        ("true_positive_impact", "distillation", 500),
        ("true_positive_no_impact", "distillation", 500),
        ("false_positive", "benign", 0),
        ("benign_positive", "authorised", 0),
    ],
)
def test_a_verdict_is_a_label(verdict: str, said: str, since: int) -> None:
    """Who judged, when, how sure, and from when it holds come from the case."""
    found = list(from_cases([case(verdict=verdict)], {}))
    assert found == [Label("acct-1", said, 0.8, "verdict", "ana", 1000, since)]  # type: ignore[arg-type]


@pytest.mark.parametrize("verdict", ["duplicate", "undetermined", None])
def test_what_decides_nothing_teaches_nothing(verdict: str | None) -> None:
    """A duplicate, an open question and a case without a verdict give no label."""
    assert not list(from_cases([case(verdict=verdict)], {}))


def test_members_inherit_half_of_a_campaigns_verdict() -> None:
    """Each member of a judged campaign has the verdict at half of its weight, and its group."""
    judged = case(kind="campaign", subject_id="c-1", campaign_id="c-1")
    found = list(from_cases([judged], {"c-1": ["x", "y"], "c-2": ["z"]}))
    assert [(one.account_id, one.weight, one.source, one.group) for one in found] == [
        ("x", 0.8 * INHERITED, "campaign", "c-1"),
        ("y", 0.8 * INHERITED, "campaign", "c-1"),
    ]


def test_a_confirmed_relay_is_no_distillation() -> None:
    """A true positive is of the label that was alerted."""
    assert [one.label for one in from_cases([case(label="relay")], {})] == ["relay"]


def test_a_table_is_read(tmp_path: Path) -> None:
    """Columns that are left out have defaults, and times without a zone are UTC."""
    path = tmp_path / "labels.csv"
    path.write_text(
        "account_id,label,since,weight,author,group,why\n"
        "acct-1,Distillation,1970-01-02,0.5,ana,c-1,seen it\n"
        "acct-2,benign,,,,,\n"
    )
    assert read_table(path, 7) == [
        Label("acct-1", "distillation", 0.5, "table", "ana", 7, 86_400_000, "c-1"),
        Label("acct-2", "benign", 1.0, "table", "labels.csv", 7, 0),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("account_id\nx\n", "line 1: has no column label"),
        ("account_id,label,lable\nx,benign,\n", "line 1: knows no column 'lable'"),
        ("account_id,label\nx,evil\n", "line 2: label is none of"),
        ("account_id,label\n,benign\n", "line 2: account_id is empty"),
        ("account_id,label,weight\nx,benign,2\n", "line 2: weight is no number"),
        ("account_id,label,weight\nx,benign,nan\n", "line 2: weight is no number"),
        ("account_id,label,since\nx,benign,soon\n", "line 2: since is no time"),
        ("account_id,label\nx,benign,more\n", "line 2: has more or fewer cells"),
        ("account_id,label\nx\n", "line 2: has more or fewer cells"),
        ("", "line 1: has no column account_id, label"),
    ],
)
def test_a_broken_table_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    """What is wrong is named with file, line and column, and nothing is taken."""
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(LabelError, match=told):
        read_table(path, 0)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A missing file is an error of labels, too."""
    with pytest.raises(LabelError, match="cannot be read"):
        read_table(tmp_path / "none.csv", 0)


def label(account: str, said: Any, weight: float, author: str, time: int = 0) -> Label:
    """A verdict."""
    return Label(account, said, weight, "verdict", author, time, 0)


def test_the_surer_one_is_taken_and_loses_what_spoke_against_it() -> None:
    """A conflict is settled by weight, told, and leaves the winner less sure."""
    settled = settle([label("x", "distillation", 0.9, "ana"), label("x", "benign", 0.3, "bo")])
    assert settled.labels["x"].label == "distillation"
    assert settled.labels["x"].weight == pytest.approx(0.9 * 0.75)
    assert [one.author for one in settled.conflicts[0].against] == ["bo"]


def test_of_one_author_the_last_word_counts() -> None:
    """Who changes their mind is in no conflict with themselves."""
    settled = settle([label("x", "benign", 1.0, "ana", 2), label("x", "distillation", 1.0, "ana", 1)])
    assert settled.labels["x"].label == "benign"
    assert not settled.conflicts


def test_newer_statements_count_for_more() -> None:
    """Between people who are as sure, the later one is taken."""
    year = 365 * 86_400_000
    settled = settle([label("x", "benign", 0.9, "ana", 0), label("x", "distillation", 0.9, "bo", year)])
    assert settled.labels["x"].label == "distillation"


STATEMENTS = st.lists(
    st.builds(
        label,
        st.sampled_from("xyz"), st.sampled_from(["benign", "distillation", "relay", "authorised"]),
        st.sampled_from([0.25, 0.5, 1.0]), st.sampled_from(["ana", "bo", "chen"]), st.integers(0, 9),
    ),
    max_size=8,
)  # fmt: skip


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_settling_depends_on_no_order(said: list[Label], random: Any) -> None:
    """Statements in any order settle to the same, at no more weight than was given."""
    settled = settle(said)
    mixed = list(said)
    random.shuffle(mixed)
    assert settle(mixed) == settled
    for account, taken in settled.labels.items():
        assert taken.weight <= max(one.weight for one in said if one.account_id == account)
