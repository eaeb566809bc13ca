from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.people.records import PeopleError
from detector.people.site import HOME, client_address, make_site, safe_next, same_origin

SITE = make_site("https://stillwatch.test", ["10.0.0.0/8"])


@given(st.text(max_size=40) | st.text("/\\.:@?#%a\t\n ", max_size=12).map("/".__add__))
def test_going_on_stays_with_us(asked: str) -> None:
    """Whatever stands in the address, a browser resolves it to our own origin."""
    target = urljoin(SITE.origin, safe_next(asked))
    assert urlsplit(target)[:2] == ("https", "stillwatch.test")


@pytest.mark.parametrize(
    "asked",
    [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "/\t/evil.test",
        "",
        None,
        "x",
    ],
)
def test_where_not_to_go(asked: str | None) -> None:
    """These lead home."""
    assert safe_next(asked) == HOME
    assert safe_next("/console/queue?kind=account&sort=due") == "/console/queue?kind=account&sort=due"


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site", "origin": SITE.origin}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": SITE.origin}, True),
        ({"origin": "null"}, False),
        ({"origin": "https://stillwatch.test.evil.test"}, False),
        ({}, None),
    ],
)
def test_who_made_a_request(headers: dict[str, str], ours: bool | None) -> None:  # noqa: FBT001 - as a table
    """The browser's own word counts first; no word is no proof of either."""
    assert same_origin(headers, SITE) is ours


@pytest.mark.parametrize(
    ("origin", "cookie"),
    [
        ("https://a.test", "__Host-s"),
        ("https://a.test:8443/", "__Host-s"),
        ("http://127.0.0.1:8787", "s"),
        ("http://[::1]:8787", "s"),
        ("http://localhost", "s"),
    ],
)
def test_where_it_may_be_served(origin: str, cookie: str) -> None:
    """Over TLS, or to this machine alone, where a browser may refuse secure cookies."""
    assert make_site(origin).cookie("s") == cookie
    assert make_site(origin).secure is cookie.startswith("__Host-")


@pytest.mark.parametrize(
    "origin", ["http://a.test", "http://10.0.0.1", "a.test", "ftp://a.test", "https://a.test/x"]
)
def test_where_it_may_not(origin: str) -> None:
    """Passwords do not travel in the clear."""
    with pytest.raises(PeopleError, match="origin "):
        make_site(origin)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "nonsense"),
        ("", "198.51.100.7", ""),
    ],
)
def test_whose_request_it_is(peer: str, forwarded: str, address: str) -> None:
    """Only a proxy that is known may speak for somebody else."""
    assert client_address(peer, forwarded, SITE) == address


def test_a_proxy_must_be_a_network() -> None:
    """The message shows one."""
    with pytest.raises(PeopleError, match=r"proxies: .* such as 10\.0\.0\.0/8"):
        make_site("https://a.test", ["proxy"])
