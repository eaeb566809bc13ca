from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from detector.dossier.reading import Dossiers
from detector.dossier.sealing import SampleKey, reveal
from detector.store.findings import Findings
from detector.store.opening import open_database
from detector.stream.observing import Belonging
from detector.stream.partition import Decoding
from detector.stream.sampling import ASK_SECONDS, LENGTH, Sampler
from features.adapters import make_adapter
from streaming.source import Block
from tests.detector.stream.staged import ADMISSION, VERSION, ToldClock
from tests.detector.streamed import KERNEL
from tests.support.stores import lease_of, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from detector.store.interface import Store
    from detector.stream.observing import Observer

DECODING = Decoding(make_adapter("canonical", KERNEL.key), KERNEL, ADMISSION, VERSION, 0)
KEY = SampleKey.from_secret("a secret of the tests")
WORDS = "the unmistakable words of a prompt"


@pytest.fixture
def dossiers(store_url: str) -> Iterator[Dossiers]:
    """What people read of the same store."""
    with closing(open_database(store_url)) as database:
        yield Dossiers(database)


def _event(number: int, account: str, **said: Any) -> dict[str, Any]:
    return {
        "event_id": f"event {number}",
        "time": "2026-03-01T09:00:00Z",
        "account_id": account,
        "model": "lyra-large-4",
        "input_tokens": 12,
        "temperature": 0.7,
        "messages": [{"role": "user", "content": f"{WORDS} {number}"}],
        "response": f"an answer to {number}",
    } | said


def _show(observer: Observer, *events: dict[str, Any]) -> None:
    records = [json.dumps(event).encode() for event in events]
    block = Block(records, "usage/0", list(range(len(records))))
    observer.see(block, DECODING.adapter.decode(records))
    observer.store()


def _sampler(store: Store, clock: ToldClock, most: int = 2) -> Sampler:
    numbers = count()
    made = Sampler(store, KEY, DECODING, clock, lambda size: next(numbers).to_bytes(size), most)
    made.store()
    return made


def _alerted(store: Store, *accounts: str) -> None:
    found = [verdict_of(account) for account in accounts]
    store.conclude(lease_of(store), Findings(1, verdicts=found), 5)


def test_only_alerted_accounts_are_sampled(store: Store, dossiers: Dossiers) -> None:
    """Nobody reads what others write; of an alerted account there are so many and no more."""
    _alerted(store, "alerted")
    sampler = _sampler(store, ToldClock())
    for number in range(4):
        _show(
            sampler, _event(number, "honest"), _event(10 + number, "alerted"), _event(20 + number, "alerted")
        )
    assert dossiers.samples("honest") == []
    found = dossiers.samples("alerted")
    assert len(found) == 2
    assert found[0].facts == {
        "model": "lyra-large-4", "input_tokens": "12", "temperature": "0.7", "text": "52 bytes",
    }  # fmt: skip
    texts = {reveal(one, KEY) for one in found}
    assert texts == {f"[user]\n{WORDS} {n}\n\n[answer]\nan answer to {n}" for n in (10, 11)}


def test_another_worker_counts_what_is_kept(store: Store, dossiers: Dossiers) -> None:
    """A restart begins no second set of samples."""
    _alerted(store, "alerted")
    for start in (0, 10, 20):
        sampler = _sampler(store, ToldClock())
        for number in range(start, start + 3):
            _show(sampler, _event(number, "alerted"))
    assert len(dossiers.samples("alerted")) == 2


def test_who_is_alerted_is_asked_now_and_then(store: Store, dossiers: Dossiers) -> None:
    """An alert counts ten seconds later at most, and a cleared one no longer."""
    clock = ToldClock()
    sampler = _sampler(store, clock, 9)
    _alerted(store, "later")
    _show(sampler, _event(1, "later"))
    assert dossiers.samples("later") == []
    clock.sleep(ASK_SECONDS)
    sampler.store()
    _show(sampler, _event(2, "later"))
    assert len(dossiers.samples("later")) == 1
    cleared = replace(verdict_of("later", time=200), status="clear")
    store.conclude(lease_of(store), Findings(2, verdicts=[cleared]), 6)
    clock.sleep(ASK_SECONDS)
    sampler.store()
    _show(sampler, _event(3, "later"))
    assert len(dossiers.samples("later")) == 1


def test_no_text_is_in_the_database(store: Store, dossiers: Dossiers, tmp_path: Path) -> None:
    """Whoever copies the file reads none."""
    _alerted(store, "alerted")
    _show(_sampler(store, ToldClock()), _event(1, "alerted"))
    (one,) = dossiers.samples("alerted")
    assert one.content is not None
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for said in (WORDS.encode(), b"an answer"):
        assert said not in one.content
        assert said not in files


def test_without_text_there_are_facts(store: Store, dossiers: Dossiers) -> None:
    """At the privacy levels that send none, nothing is sealed."""
    _alerted(store, "alerted")
    _show(_sampler(store, ToldClock()), _event(1, "alerted", messages=None, response=None))
    (one,) = dossiers.samples("alerted")
    assert (one.content, one.facts["text"]) == (None, "0 bytes")


def test_long_text_is_cut(store: Store, dossiers: Dossiers) -> None:
    """To what a person reads; the facts say how long it was."""
    _alerted(store, "alerted")
    long = [{"role": "user", "content": "é" * LENGTH}]
    _show(_sampler(store, ToldClock()), _event(1, "alerted", messages=long, response=None))
    (one,) = dossiers.samples("alerted")
    text = reveal(one, KEY)
    assert text is not None
    assert text.endswith("é\n[cut]")
    assert len(text.encode()) < LENGTH + 10
    assert one.facts["text"] == f"{2 * LENGTH:,} bytes"


def test_the_organisation_of_an_account_is_told_once(store: Store) -> None:
    """Again when it changes; bans and broken records between the events lead nowhere else."""
    belonging = Belonging(store, DECODING)
    ban = {"kind": "ban", "time": "2026-03-01T09:00:00Z", "account_id": "b"}
    _show(belonging, {"broken": 1}, ban, _event(1, "a", org_id="acme"), ban, _event(2, "b", org_id="labs"))
    _show(belonging, _event(3, "a", org_id="acme"), _event(4, "c"))
    _show(belonging, _event(5, "a", org_id="labs"))
    told = [(one.version, one.account_id, one.org_id) for one in store.homes(0, 9)]
    assert told == [(2, "b", "labs"), (3, "a", "labs")]
