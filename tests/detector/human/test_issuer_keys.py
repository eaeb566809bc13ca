from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from detector.human.errors import FetchError
from detector.human.freshness import CachePolicy
from detector.human.issuer import Issuer
from tests.detector.human.toy_issuer import ToyIssuer, directory_of

if TYPE_CHECKING:
    from detector.telemetry.logs import Log
    from tests.detector.human.directory_server import Site

NOW = 1_780_000_000_000
MINUTE = 60_000
DAY = 1440 * MINUTE
POLICY = CachePolicy()


def _issuer(site: Site, log: Log) -> Issuer:
    return Issuer(site.name, site.fetcher(seconds=1.0), log, POLICY)


def test_keys_are_fetched_once_until_they_are_due(site: Site, toy: ToyIssuer, log: Log) -> None:
    """And asking for them never fetches."""
    site.body = directory_of(toy.listed())
    site.headers["Cache-Control"] = "max-age=3600"
    issuer = _issuer(site, log)
    assert issuer.keys(NOW) == ()
    assert site.asked == []
    for minute in range(60):
        issuer.refresh(NOW + minute * MINUTE)
        assert [key.key_id for key in issuer.keys(NOW + minute * MINUTE)] == [toy.key_id]
    assert len(site.asked) == 1
    issuer.refresh(NOW + 60 * MINUTE)
    assert len(site.asked) == 2


def test_rotated_keys_replace_the_old_ones(site: Site, toy: ToyIssuer, other: ToyIssuer, log: Log) -> None:
    """Challenges name the first key that clients use already."""
    site.body = directory_of(other.listed(not_before=NOW // 1000 + 60), toy.listed())
    issuer = _issuer(site, log)
    issuer.refresh(NOW)
    for later, expected in ((0, toy), (MINUTE, other)):
        offered = issuer.offered(NOW + later)
        assert offered is not None
        assert offered.key_id == expected.key_id
    site.body = directory_of(other.listed())
    issuer.refresh(NOW + DAY)
    assert [key.key_id for key in issuer.keys(NOW + DAY)] == [other.key_id]


def test_an_issuer_that_is_down_keeps_its_keys_for_a_while(site: Site, toy: ToyIssuer, log: Log) -> None:
    """Stale ones are used while fetching fails, then none; as soon as it is back, new ones."""
    site.body = directory_of(toy.listed())
    issuer = _issuer(site, log)
    issuer.refresh(NOW)
    site.status = 503
    issuer.refresh(NOW + DAY)
    assert issuer.keys(NOW + DAY + POLICY.stale - 1)
    assert issuer.keys(NOW + DAY + POLICY.stale) == ()
    site.status = 200
    issuer.refresh(NOW + 30 * DAY)
    assert issuer.keys(NOW + 30 * DAY)


@pytest.mark.parametrize("body", [b"{}", b"not json", b'{"token-keys": []}'])
def test_a_spoilt_directory_changes_nothing(site: Site, toy: ToyIssuer, log: Log, body: bytes) -> None:
    """It is a failure like any other."""
    site.body = directory_of(toy.listed())
    issuer = _issuer(site, log)
    issuer.refresh(NOW)
    site.body = body
    issuer.refresh(NOW + DAY)
    assert [key.key_id for key in issuer.keys(NOW + DAY)] == [toy.key_id]


def test_failures_are_repeated_once_a_minute(site: Site, log: Log, caplog: pytest.LogCaptureFixture) -> None:
    """However often it is asked for, and each is logged with the issuer."""
    site.status = 404
    issuer = _issuer(site, log)
    for second in range(0, 120, 5):
        issuer.refresh(NOW + second * 1000)
    assert len(site.asked) == 2
    assert [record.message for record in caplog.records] == ["issuer_keys_failed"] * 2


def test_an_unknown_key_is_looked_for_but_not_for_everybody(site: Site, toy: ToyIssuer, log: Log) -> None:
    """Anybody can invent key ids, so they lead to one fetch in five minutes at most."""
    site.body = directory_of(toy.listed())
    issuer = _issuer(site, log)
    issuer.refresh(NOW)
    for second in range(600):
        assert issuer.key(bytes(32), NOW + second * 1000) is None
        issuer.refresh(NOW + second * 1000)
    assert len(site.asked) == 2
    assert issuer.key(toy.key_id, NOW) is not None


def test_threads_fetch_together_once(site: Site, toy: ToyIssuer, log: Log) -> None:
    """Whoever comes while another fetches goes on without waiting."""
    site.body = directory_of(toy.listed())
    issuer = _issuer(site, log)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(issuer.refresh, [NOW] * 20))
    assert len(site.asked) == 1


def test_an_issuer_needs_the_name_of_a_host(site: Site, log: Log) -> None:
    """Told when it is configured, not when a token comes."""
    with pytest.raises(FetchError, match="no authority"):
        Issuer("https://issuer.example/", site.fetcher(), log)
