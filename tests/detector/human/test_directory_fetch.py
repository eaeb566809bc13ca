from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from detector.human.directory import MEDIA_TYPE, PATH
from detector.human.errors import FetchError

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from tests.detector.human.directory_server import Site


def _get(site: Site, **changes: object) -> bytes:
    return site.fetcher(**changes).get(site.name, PATH, MEDIA_TYPE).body


def test_a_directory_is_fetched_over_https(site: Site) -> None:
    """From the well-known place, under the issuer's name, with what it says of caching."""
    site.body = b"found"
    site.headers |= {
        "Cache-Control": "max-age=60",
        "Age": "5",
        "Content-Type": f"{MEDIA_TYPE}; charset=utf-8",
    }
    document = site.fetcher().get(site.name, PATH, MEDIA_TYPE)
    assert (document.body, document.cache_control, document.age) == (b"found", "max-age=60", "5")
    ((path, headers),) = site.asked
    assert path == PATH
    assert (headers["Host"], headers["Accept"]) == (site.name, MEDIA_TYPE)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 204, 404, 500])
def test_only_an_answer_with_200_is_taken(site: Site, status: int) -> None:
    """Nobody follows a redirect, wherever it leads."""
    site.status, site.body = status, b""
    site.headers["Location"] = f"https://127.0.0.1:{site.port}/inside"
    with pytest.raises(FetchError, match=f"answers {status}"):
        _get(site)
    assert len(site.asked) == 1


def test_another_media_type_is_refused(site: Site) -> None:
    """A page that happens to be JSON is no directory."""
    site.headers["Content-Type"] = "application/json"
    with pytest.raises(FetchError, match=f"is not {MEDIA_TYPE}"):
        _get(site)


@pytest.mark.parametrize("declared", [True, False])
def test_a_large_answer_is_refused(site: Site, *, declared: bool) -> None:
    """Whether or not it says how large it is; one of exactly the limit is taken."""
    if not declared:
        site.headers["Content-Length"] = ""
        site.answer = _undeclared
    site.body = b"x" * 2001
    with pytest.raises(FetchError, match="over 2000 bytes"):
        _get(site, most_bytes=2000)
    assert len(_get(site, most_bytes=2001)) == 2001


def _undeclared(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: " + MEDIA_TYPE.encode() + b"\r\n\r\n" + b"x" * 2001
    )


def test_a_cut_answer_is_refused(site: Site) -> None:
    """Half a directory is none."""
    site.headers["Content-Length"] = "100"
    with pytest.raises(FetchError, match="ends too early"):
        _get(site)


def test_a_trickle_is_ended(site: Site) -> None:
    """A byte now and then, in the header or in the body, keeps nobody waiting over the time limit."""
    for beginning in (b"", b"HTTP/1.1 200 OK\r\nContent-Type: " + MEDIA_TYPE.encode() + b"\r\n\r\n"):
        site.answer = lambda handler, sent=beginning: _trickle(handler, sent)
        begun = time.monotonic()
        with pytest.raises(FetchError, match=r"takes over 0\.3 s"):
            _get(site, seconds=0.3)
        assert time.monotonic() - begun < 2


def _trickle(handler: BaseHTTPRequestHandler, beginning: bytes) -> None:
    with suppress(OSError):
        handler.wfile.write(beginning)
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.02)


def test_a_server_that_never_shakes_hands_is_left(site: Site) -> None:
    """TLS is within the time limit too."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(FetchError, match="takes over"):
            site.fetcher(seconds=0.2).get(f"issuer.example:{port}", PATH, MEDIA_TYPE)


def test_what_is_no_http_is_told(site: Site) -> None:
    """Without quoting it."""
    site.answer = _greet
    with pytest.raises(FetchError, match="answers no HTTP") as caught:
        _get(site)
    assert "secret" not in str(caught.value)


def _greet(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-secret\r\n")


def test_the_certificate_has_to_be_the_issuers(site: Site) -> None:
    """Of a trusted authority, and for the name that was asked, not for the address."""
    with pytest.raises(FetchError, match="self-signed certificate"):
        replace(site.fetcher(), tls=ssl.create_default_context()).get(site.name, PATH, MEDIA_TYPE)
    with pytest.raises(FetchError, match="Hostname mismatch"):
        site.fetcher().get(f"elsewhere.example:{site.port}", PATH, MEDIA_TYPE)
    assert site.asked == []


def test_an_inside_address_is_refused_before_connecting(site: Site) -> None:
    """Whether it is the name or the DNS that leads there."""
    with pytest.raises(FetchError, match=r"127\.0\.0\.1 is no public address"):
        _get(site, trusted=())
    with pytest.raises(FetchError, match="no public address"):
        _get(site, resolve=lambda _host, _port: ("127.0.0.1", "169.254.169.254"))
    assert site.asked == []


def test_a_name_that_changes_its_address_in_between_gains_nothing(site: Site) -> None:
    """DNS is asked once, and the connection goes to what was checked."""
    answers = [("127.0.0.1",), ("169.254.169.254",)]
    asked = []

    def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append((host, port))
        return answers[len(asked) - 1]

    site.body = b"found"
    assert _get(site, resolve=rebinding) == b"found"
    assert asked == [("issuer.example", site.port)]


def test_the_next_address_is_tried_when_one_is_dead(site: Site) -> None:
    """Three at most."""
    site.body = b"found"
    dead = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
    assert _get(site, resolve=lambda _host, _port: (*dead[:2], "127.0.0.1")) == b"found"
    with pytest.raises(FetchError, match="Connection refused"):
        _get(site, resolve=lambda _host, _port: (*dead, "127.0.0.1"))


def test_a_name_that_does_not_resolve_is_told(site: Site) -> None:
    """With what to do."""

    def failing(_host: str, _port: int) -> tuple[str, ...]:
        raise socket.gaierror(-2, "unknown")

    with pytest.raises(FetchError, match="does not resolve"):
        _get(site, resolve=failing)


def test_proxies_of_the_environment_are_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve the name again, inside."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    site.body = b"found"
    assert _get(site) == b"found"
