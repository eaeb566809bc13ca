from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from detector.store.hook_records import AuditEntry, Control, Link, StoredControl, StoredLink

if TYPE_CHECKING:
    from detector.store.interface import Store

ALLOW = Control("allow", "acc-1", b'{"why": "customer"}')


def test_the_latest_control_of_a_subject_counts(store: Store) -> None:
    """Under the version of its change; one that is taken back is there as such."""
    assert store.control([Control("mode", "", b'"shadow"'), ALLOW], "ann", "begin", 5) == 2
    assert store.control([Control("mode", "", b'"enforce"')], "bob", "calibrated", 6) == 3
    assert store.control([Control("allow", "acc-1", None)], "bob", "left", 7) == 4
    kept = [
        StoredControl(3, Control("mode", "", b'"enforce"')),
        StoredControl(4, Control("allow", "acc-1", None)),
    ]
    assert store.controls(0, 9) == kept
    assert store.controls(3, 9) == kept[1:]
    assert store.controls(0, 1) == kept[:1]
    assert store.controls(4, 9) == []
    assert store.controls(0, 9, "mode") == kept[:1]
    assert store.controls(3, 9, "mode") == []


def test_every_change_of_a_control_is_kept(store: Store) -> None:
    """Who, when, from, to and why."""
    store.control([ALLOW], "ann", "a customer", 5)
    store.control([Control("allow", "acc-1", None)], "bob", "left", 6)
    assert store.control_history(0, 9) == [
        AuditEntry(1, ALLOW, None, "ann", "a customer", 5),
        AuditEntry(2, Control("allow", "acc-1", None), ALLOW.body, "bob", "left", 6),
    ]
    assert [entry.version for entry in store.control_history(1, 9)] == [2]


def test_of_one_subject_the_last_control_of_a_call_counts(store: Store) -> None:
    """One change, as if the earlier had not been asked for."""
    store.control([Control("mode", "", b"1"), Control("mode", "", b"2")], "ann", "", 5)
    assert store.controls(0, 9) == [StoredControl(1, Control("mode", "", b"2"))]


def test_writers_at_once_leave_no_gap(store: Store) -> None:
    """A reader who follows versions misses nothing, whoever commits first."""
    with ThreadPoolExecutor(4) as pool:
        for number in range(20):
            pool.submit(store.control, [Control("allow", f"acc-{number}", b"{}")], "ann", "", number)
    assert [one.version for one in store.controls(0, 99)] == list(range(1, 21))


@pytest.mark.parametrize("name", ["a\0b", "\\0", "账户", "a'b\"%s:x", " "])
def test_subjects_may_have_any_name(store: Store, name: str) -> None:
    """They are what clients send."""
    store.control([Control("allow", name, b"{}")], "ann", "", 5)
    store.link([Link("end_user", name, name)])
    assert store.controls(0, 9)[0].control.subject == name
    assert store.links(0, 9) == [StoredLink(1, Link("end_user", name, name))]


def test_a_link_is_stored_once(store: Store) -> None:
    """To tell it again changes nothing; a key that went to another account has a new version."""
    key, user = Link("api_key", "k", "a"), Link("end_user", "k", "b")
    store.link([key, user])
    store.link([user, key])
    assert store.links(0, 9) == [StoredLink(1, key), StoredLink(2, user)]
    store.link([Link("api_key", "k", "c"), user])
    assert store.links(0, 9) == [StoredLink(2, user), StoredLink(3, Link("api_key", "k", "c"))]
    assert store.links(2, 9) == [StoredLink(3, Link("api_key", "k", "c"))]


def test_the_oldest_links_are_forgotten(store: Store) -> None:
    """Their number stays bounded, and versions go on where they were."""
    store.link([Link("api_key", f"k{number}", "a") for number in range(5)])
    assert store.keep_links(5) == 0
    assert store.keep_links(2) == 3
    assert [one.link.subject for one in store.links(0, 9)] == ["k3", "k4"]
    store.link([Link("api_key", "new", "a")])
    assert [one.version for one in store.links(0, 9)] == [4, 5, 6]
