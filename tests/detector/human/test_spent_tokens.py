from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from detector.human import spent as module
from detector.human.spent import Spent, SqlSpentTokens
from detector.store.errors import StoreUnavailable
from tests.detector.human.databases import database_of

if TYPE_CHECKING:
    from detector.store.database import Database

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from detector.human.spent import Spent, SqlSpentTokens
from tests.detector.human.databases import database_of
tokens = SqlSpentTokens(database_of(sys.argv[1]))
print(sum(tokens.spend(Spent(bytes([number]) * 32, 10)) for number in range(40)))
"""


def _nonce(number: int) -> bytes:
    return number.to_bytes(32, "big")


@pytest.fixture
def tokens(database: Database) -> SqlSpentTokens:
    """An empty set in each kind of database."""
    prepared = SqlSpentTokens(database)
    prepared.prepare()
    return prepared


def test_a_token_is_spent_once(tokens: SqlSpentTokens) -> None:
    """Whatever key or time the second one comes with."""
    assert tokens.spend(Spent(_nonce(1), 10))
    assert not tokens.spend(Spent(_nonce(1), 10))
    assert not tokens.spend(Spent(_nonce(1), 99, b"key"))
    assert tokens.spend(Spent(_nonce(2), 10))


def test_it_stays_spent_for_other_processes(tokens: SqlSpentTokens, empty_url: str) -> None:
    """And after a restart."""
    assert tokens.spend(Spent(_nonce(1), 10))
    another = database_of(empty_url)
    reopened = SqlSpentTokens(another)
    reopened.prepare()
    assert not reopened.spend(Spent(_nonce(1), 10))
    another.close()


def test_of_many_threads_one_spends_a_token(tokens: SqlSpentTokens) -> None:
    """Each of 50 tokens, tried by 8 at once."""
    attempts = [Spent(_nonce(number % 50), 10) for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tokens.spend, attempts)) == 50


def test_of_two_processes_one_spends_a_token(tokens: SqlSpentTokens, empty_url: str) -> None:
    """40 tokens, tried by both at once, are accepted 40 times in all."""
    assert tokens.forget(0, []) == 0
    command = [sys.executable, "-c", PROGRAM, empty_url]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sum(int(process.communicate()[0]) for process in running) == 40


def test_spent_tokens_are_forgotten_when_they_would_be_refused_anyway(tokens: SqlSpentTokens) -> None:
    """By the end of their challenge, or else when their time is over and their key is gone as well."""
    for number, key in enumerate((None, b"old", b"live")):
        tokens.spend(Spent(_nonce(number), 10, key))
    assert tokens.forget(9, []) == 0
    assert tokens.forget(10, None) == 1
    assert tokens.forget(10, [b"live"]) == 1
    assert not tokens.spend(Spent(_nonce(2), 10, b"live"))
    assert tokens.forget(10, []) == 1
    assert tokens.spend(Spent(_nonce(2), 10, b"live"))


def test_many_are_forgotten_in_short_transactions(
    tokens: SqlSpentTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that nobody who redeems waits for long."""
    monkeypatch.setattr(module, "BATCH", 3)
    for number in range(10):
        tokens.spend(Spent(_nonce(number), number))
    assert tokens.forget(7, []) == 8
    assert tokens.forget(99, []) == 2


def test_several_processes_prepare_at_once(empty_url: str) -> None:
    """The table is made once."""
    databases = [database_of(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda database: SqlSpentTokens(database).prepare(), databases))
    assert SqlSpentTokens(databases[0]).spend(Spent(_nonce(1), 10))
    for database in databases:
        database.close()


def test_a_database_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    """In the store's own terms."""
    database = database_of(f"sqlite:///{tmp_path / 'nowhere' / 'tokens.db'}")
    with pytest.raises(StoreUnavailable):
        SqlSpentTokens(database).spend(Spent(_nonce(1), 10))
    database.close()
