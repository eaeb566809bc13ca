from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detector.hook.verdicts.index import ABSENT, HashIndex, key_of
from detector.hook.verdicts.subjects import NOBODY, Subjects, digest_of
from detector.store.hook_records import Link

# Few low bits, so that most keys want the same slots.
KEYS = st.integers(min_value=1, max_value=40).map(lambda number: number * 1024 + number % 3)
STEPS = st.lists(st.tuples(st.booleans(), KEYS), max_size=60)


@given(STEPS)
def test_the_index_is_a_dictionary(steps: list[tuple[bool, int]]) -> None:
    """Whatever is put, overwritten and removed, and whatever collides."""
    index, expected = HashIndex(64), dict[int, int]()
    for row, (put, key) in enumerate(steps):
        if put:
            index.put(key, row)
            expected[key] = row
        else:
            index.remove(key)
            expected.pop(key, None)
        assert index.count == len(expected)
    for key in (number * 1024 + number % 3 for number in range(1, 41)):
        assert index.get(key) == expected.get(key, ABSENT)


def test_the_index_grows() -> None:
    """Keys stay where they lead to, and negative ones are keys, too."""
    index = HashIndex(8)
    for key in range(1, 5000):
        index.put(key * -7919, key)
    assert all(index.get(key * -7919) == key for key in range(1, 5000))
    assert index.get(12) == ABSENT
    assert index.nbytes() < 5000 * 12 * 4


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3)), max_size=60), st.integers(1, 6))
def test_subjects_are_bounded(told: list[tuple[int, int]], most: int) -> None:
    """The latest few are known under their account, and by it; of the others the one told first is gone."""
    subjects, order = Subjects(most), dict[int, int]()
    ring: list[int | None] = []
    for subject, account in told:
        before = order.get(subject)
        changed = subjects.put(Link("api_key", f"k{subject}", f"a{account}"))
        assert set(changed) == {key_of(f"a{one}") for one in {account, before} - {None} if before != account}
        if before == account:
            continue
        ring = [None if one == subject else one for one in ring] + [subject]
        order.pop(subject, None)
        order[subject] = account
        if len(ring) > most and (gone := ring.pop(0)) is not None:
            del order[gone]
    assert len(subjects) == len(order)
    for subject in range(9):
        expected = key_of(f"a{order[subject]}") if subject in order else NOBODY
        assert subjects.account_of("api_key", f"k{subject}") == expected
    for account in range(4):
        latest = [digest_of("api_key", f"k{one}") for one in reversed(order) if order[one] == account]
        assert subjects.digests(key_of(f"a{account}"), 3) == latest[:3]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3)), max_size=20), st.integers(0, 20))
def test_who_got_or_lost_a_subject_is_known(told: list[tuple[int, int]], since: int) -> None:
    """Both of them, also where the subject went on to a third, or back."""
    subjects, order = Subjects(20), dict[int, int]()
    changed = set[int]()
    for version, (subject, account) in enumerate(told, 1):
        subjects.put(Link("api_key", f"k{subject}", f"a{account}"))
        subjects.latest = version
        if version > since and order.get(subject) != account:
            changed |= {account, order.get(subject, account)}
        order[subject] = account
    assert {key_of(f"a{one}") for one in changed} <= set(subjects.accounts_since(since))


def test_a_key_is_no_end_user() -> None:
    """The same text may be both, of different accounts."""
    subjects = Subjects(4)
    subjects.put(Link("api_key", "x", "a"))
    assert subjects.account_of("end_user", "x") == NOBODY
