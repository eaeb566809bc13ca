from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from detector.console.desk.overview import Overview
from detector.console.desk.replies import KEPT, Replies, Reply, Reused, UnderWay
from detector.console.desk.sources import make_sources
from detector.people.people import SqlPeople
from detector.store.opening import open_database, open_store


def test_a_key_is_taken_once(store_url: str) -> None:
    """Of requests that come at the same time one is done; later ones get its answer, for a day."""
    with closing(open_database(store_url)) as database, ThreadPoolExecutor(4) as pool:
        replies = Replies(database)
        begun = list(pool.map(lambda _: _begin(replies), range(8)))
        assert sorted(begun) == ["mine", *["under way"] * 7]
        replies.keep("ada", "k", Reply(201, b"done", '"7"'))
        assert replies.begin("ada", "k", b"same", KEPT) == Reply(201, b"done", '"7"')
        with pytest.raises(Reused, match="another request"):
            replies.begin("ada", "k", b"other", KEPT)
        assert replies.begin("bob", "k", b"other", 0) is None
        assert replies.begin("ada", "k", b"other", KEPT + 1) is None
        replies.give_back("ada", "k")
        assert replies.begin("ada", "k", b"third", KEPT + 1) is None


def test_an_empty_store_has_a_picture(store_url: str) -> None:
    """Before the first event there is nothing to see, and no error."""
    with closing(open_database(store_url)) as database, closing(open_store(store_url)) as store:
        sources = make_sources(database, store, SqlPeople(database, bytes))
        picture = Overview(sources, lambda: 1).picture(86_400_000, 1_800_000)
    assert (picture.precision, picture.work, picture.model_id) == ((), (), None)
    assert {one.share for one in picture.health} == {None}


def _begin(replies: Replies) -> str:
    try:
        return "mine" if replies.begin("ada", "k", b"same", 0) is None else "answered"
    except UnderWay:
        return "under way"
