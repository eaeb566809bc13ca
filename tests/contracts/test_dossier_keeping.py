from __future__ import annotations

from typing import TYPE_CHECKING

from detector.dossier.records import Sample
from detector.store.kept_records import Home, SampleRecord
from detector.store.retention import Retention

if TYPE_CHECKING:
    from detector.dossier.reading import Dossiers
    from detector.store.interface import Store


def _sample(account: str, event: str, time: int, content: bytes | None = b"sealed") -> SampleRecord:
    return SampleRecord(account, event, time, {"model": "m"}, content)


def test_samples_come_back_in_order_of_time(store: Store, dossiers: Dossiers) -> None:
    """A request that is kept twice is kept once; of another account nothing is shown."""
    for now in (5, 6):
        store.keep_samples([_sample("a", "2", 20), _sample("a", "1", 10, None), _sample("b", "3", 5)], now)
    assert dossiers.samples("a") == [
        Sample("a", "1", 10, {"model": "m"}, None),
        Sample("a", "2", 20, {"model": "m"}, b"sealed"),
    ]
    assert store.sample_counts(["a", "b", "c"]) == {"a": 2, "b": 1}
    assert store.sample_counts([]) == {}


def test_samples_are_not_kept_for_long(store: Store, dossiers: Dossiers) -> None:
    """After their retention nothing is left of them, whatever became of the alert."""
    store.keep_samples([_sample("a", "1", 10)], 100)
    store.keep_samples([_sample("a", "2", 10)], 200)
    assert store.prune(700, Retention(samples=550)).samples == 1
    assert [one.event_id for one in dossiers.samples("a")] == ["2"]


def test_an_organisation_has_a_version_for_each_change(store: Store, dossiers: Dossiers) -> None:
    """What is said again changes nothing, so that who follows by version sees only news."""
    store.keep_organisations({"a": "acme", "b": "acme"})
    store.keep_organisations({"a": "acme", "c": "other"})
    store.keep_organisations({"b": "other"})
    assert store.homes(0, 9) == [
        Home(1, "a", "acme"),
        Home(3, "c", "other"),
        Home(4, "b", "other"),
    ]
    assert store.homes(3, 9) == [Home(4, "b", "other")]
    assert (dossiers.organisation("b"), dossiers.organisation("none")) == ("other", None)
    assert dossiers.members("other", 9) == ["b", "c"]
    assert dossiers.members("other", 1) == ["b"]
