from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from detector.audit.export import to_line
from detector.audit.reading import entries, history
from detector.audit.verify import verify
from detector.store.audit_chain import append
from detector.store.audit_entry import Entry, Head
from detector.store.casework_schema import audit
from detector.store.hook_records import Control
from detector.store.opening import open_database, open_store

if TYPE_CHECKING:
    from detector.store.database import Database


def entry(number: int) -> Entry:
    """Something that was done."""
    return Entry(number, "ann", "change", "case", f"alr_{number}\0", None, b'{"n":1}', "because ä")


def fill(database: Database, count: int) -> None:
    """Append some entries in one transaction."""
    with database.writing() as connection:
        append(connection, [entry(number) for number in range(count)])


def test_what_is_stored_is_whole(database: Database) -> None:
    """Entries come back as they were appended, a thousand at a time."""
    assert verify(database).head.number == 0
    fill(database, 3)
    fill(database, 2001)
    assert verify(database).head.number == 2004
    assert [one.entry for one in entries(database, 3)] == [entry(number) for number in range(2001)]
    assert [one.number for one in history(database, "case", "alr_1\0", 2004, 9)] == [5, 2]


def test_writers_at_once_append_to_one_chain(store_url: str, database: Database) -> None:
    """Numbers have no gap, and every digest covers the entry before, whoever commits first."""
    other = open_database(store_url)
    with ThreadPoolExecutor(4) as pool:
        for number in range(12):
            pool.submit(fill, (database, other)[number % 2], 3)
    other.close()
    assert verify(database) == verify(database, verify(database).head)
    assert verify(database).head.number == 36


def test_what_somebody_did_to_the_table_is_found(database: Database) -> None:
    """A change, a gap, and an end that is cut off."""
    fill(database, 4)
    head = verify(database).head
    with database.writing() as connection:
        connection.execute(delete(audit).where(audit.c.number == 4))
    assert verify(database).fault is None
    assert verify(database, head).fault == "the chain ends at entry 3, and entry 4 is known"
    with database.writing() as connection:
        connection.execute(update(audit).where(audit.c.number == 2).values(why="other"))
    assert verify(database).fault == "entry 2 was changed"
    with database.writing() as connection:
        connection.execute(delete(audit).where(audit.c.number == 2))
    assert verify(database).fault == "entry 2 is missing: entry 1 is followed by 3"
    assert verify(database).head == Head(1, next(entries(database)).digest)


def test_an_entry_is_a_line_of_json(database: Database) -> None:
    """With what the digest covers as it is, so that others can verify it."""
    fill(database, 1)
    line = json.loads(to_line(next(entries(database))))
    assert line["object_id"] == "alr_0\0"
    assert line["after"] == '{"n":1}'
    assert line["why"] == "because ä"
    assert len(line["digest"]) == 64


def test_controls_of_the_hook_are_in_the_audit(store_url: str, database: Database) -> None:
    """In the same transaction, with what was there before, and without the digest of a key."""
    store = open_store(store_url)
    store.control([Control("allow", "acc-1", b'{"until":null}')], "ann", "a customer", 5)
    store.control([Control("allow", "acc-1", None)], "bob", "left", 6)
    store.control([Control("key", "k", b'{"name":"nginx","digest":"AAAA"}')], "ann", "gateway", 7)
    store.close()
    allowed, ended, key = [one.entry for one in entries(database)]
    assert allowed == Entry(5, "ann", "set", "control_allow", "acc-1", None, b'{"until":null}', "a customer")
    assert ended == Entry(6, "bob", "take_back", "control_allow", "acc-1", b'{"until":null}', None, "left")
    assert key.after == b'{"name":"nginx"}'
    assert verify(database).fault is None
