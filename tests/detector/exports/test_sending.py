from __future__ import annotations

import base64
import json
import ssl
import time
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

import pytest
from standardwebhooks import Webhook as Verifier

from detector.exports.errors import ExportError
from detector.exports.sending.guard import Guard, networks
from detector.exports.sending.outcome import Outcome, Parcel
from detector.exports.sending.rendering import rendered
from detector.exports.sending.syslog import SyslogSending
from detector.exports.sending.ways import Ways
from detector.exports.sending.webhook import WebhookSending
from detector.exports.sinks.settings import make_sink
from detector.exports.sinks.sink import Syslog
from tests.support.exported import PRODUCT, finding_of
from tests.support.receivers import datagram_receiver, http_receiver, server_tls, stream_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.receivers import Received

SECRET: Final = "whsec_" + base64.b64encode(b"k" * 32).decode()
LOOPBACK: Final = (ip_network("127.0.0.0/8"),)
APPRISE: Final = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
PARCEL: Final = Parcel("soc.alert.alr_1.1", b'{"type":"finding.created"}')


@pytest.fixture
def receiver() -> Iterator[Received]:
    """An HTTP server that takes everything."""
    with http_receiver() as received:
        yield received


def present() -> int:
    """Ms of the wall clock: receivers refuse stamps that are old."""
    return time.time_ns() // 1_000_000


def webhook(url: str, **changes: Any) -> WebhookSending:
    """A way to a receiver on the loopback."""
    values: dict[str, Any] = {"guard": Guard(LOOPBACK), "tls": ssl.create_default_context(), "seconds": 2.0}
    return WebhookSending(url, SECRET, agent="Stillwatch/1", **(values | changes))


def test_a_webhook_is_signed(receiver: Received) -> None:
    """The convention's own library verifies it, and refuses it once a byte is another."""
    assert webhook(receiver.url).send(PARCEL, present()) == Outcome("sent")
    ((path, headers, body),) = receiver.requests
    assert path == "/hook"
    assert headers["webhook-id"] == PARCEL.key
    assert Verifier(SECRET).verify(body, headers) == {"type": "finding.created"}
    with pytest.raises(Exception, match="signature"):
        Verifier(SECRET).verify(body + b" ", headers)


@pytest.mark.parametrize(
    ("status", "result"),
    [(204, "sent"), (400, "refused"), (404, "refused"), (408, "retry"), (410, "refused"), (429, "retry"),
     (500, "retry"), (503, "retry"), (301, "retry")],
)  # fmt: skip
def test_answers_decide(receiver: Received, status: int, result: str) -> None:
    """What the sender did wrong is not tried again; what may pass is."""
    receiver.status = status
    receiver.body = b"" if status == 204 else b"secret answer"
    outcome = webhook(receiver.url).send(PARCEL, present())
    assert outcome.result == result
    assert "secret answer" not in outcome.error


@pytest.mark.parametrize(("value", "asked"), [("120", 120_000), ("soon", None), ("9" * 30, 999_999_999_000)])
def test_who_asks_for_time_gets_it(receiver: Received, value: str, asked: int | None) -> None:
    """Retry-After counts as seconds or as a date, and what is neither does not."""
    receiver.status, receiver.headers = 503, {"Retry-After": value}
    assert webhook(receiver.url).send(PARCEL, present()).after == asked
    receiver.headers = {"Retry-After": "Thu, 01 Jan 1970 00:02:00 GMT"}
    assert webhook(receiver.url).send(PARCEL, 20_000).after == 100_000


def test_redirects_are_not_followed(receiver: Received) -> None:
    """Or a receiver could point the sender at anything."""
    with http_receiver() as inside:
        receiver.status, receiver.headers = 307, {"Location": inside.url}
        outcome = webhook(receiver.url).send(PARCEL, present())
        assert outcome.result == "retry"
        assert inside.requests == []


def test_a_slow_receiver_is_left(receiver: Received) -> None:
    """One that says nothing, and one whose answer trickles, are given up in time."""
    for slow in ({"wait": 3.0}, {"wait": 0.0, "trickle": 0.05}):
        for name, value in slow.items():
            setattr(receiver, name, value)
        begun = time.monotonic()
        outcome = webhook(receiver.url, seconds=0.3).send(PARCEL, present())
        assert outcome == Outcome("retry", "no answer within 0.3 s")
        assert time.monotonic() - begun < 1.5


def test_a_huge_answer_is_not_read(receiver: Received) -> None:
    """The status is enough."""
    receiver.body = b"x" * 50_000_000
    begun = time.monotonic()
    assert webhook(receiver.url).send(PARCEL, present()) == Outcome("sent")
    assert time.monotonic() - begun < 1.0


@pytest.mark.parametrize(
    "found",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "::1", "fe80::1", "fd00::1", "0.0.0.0",  # noqa: S104
     "::ffff:127.0.0.1", "2002:7f00:1::", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
def test_nothing_inside_is_asked(found: str) -> None:
    """A name that leads to our own network, or to a cloud's metadata, is refused without a connection."""
    guard = Guard(resolve=lambda _host, _port: ("93.184.215.14", found))
    outcome = webhook("https://example.test/hook", guard=guard).send(PARCEL, present())
    assert outcome.result == "refused"
    assert "STILLWATCH_EXPORT_NETWORKS" in outcome.error


def test_the_address_is_the_one_that_was_checked(receiver: Received) -> None:
    """A name that resolves to another address a moment later changes nothing: it is asked once."""
    asked = iter([("127.0.0.1",), ("10.0.0.1",)])
    guard = Guard(LOOPBACK, lambda _host, _port: next(asked))
    url = receiver.url.replace("127.0.0.1", "rebinding.test")
    assert webhook(url, guard=guard).send(PARCEL, present()).result == "sent"
    assert receiver.requests[0][1]["Host"] == f"rebinding.test:{receiver.port}"


def test_another_address_is_tried_where_nobody_answers(receiver: Received) -> None:
    """As a browser does; once one took the request, no other gets it."""
    guard = Guard(LOOPBACK, lambda _host, _port: ("127.0.0.9", "127.0.0.1"))
    url = receiver.url.replace("127.0.0.1", "two.test")
    assert webhook(url, guard=guard).send(PARCEL, present()).result == "sent"
    receiver.status = 503
    guard = Guard(LOOPBACK, lambda _host, _port: ("127.0.0.1", "127.0.0.1"))
    assert webhook(url, guard=guard).send(PARCEL, present()).result == "retry"
    assert len(receiver.requests) == 2


def test_plain_http_stays_in_trusted_networks() -> None:
    """Findings do not cross the Internet in clear."""
    guard = Guard(resolve=lambda _host, _port: ("93.184.215.14",))
    outcome = webhook("http://example.test/hook", guard=guard).send(PARCEL, present())
    assert outcome.result == "refused"
    assert "https" in outcome.error


def test_a_webhook_over_tls_checks_the_certificate(tmp_path: Path) -> None:
    """Of the authority that is trusted it is taken, of an unknown one not."""
    server, authority = server_tls(tmp_path)
    with http_receiver(server) as received:
        url = received.url.replace("http:", "https:")
        trusting = ssl.create_default_context(cafile=str(authority))
        assert webhook(url, tls=trusting).send(PARCEL, present()).result == "sent"
        outcome = webhook(url).send(PARCEL, present())
        assert outcome.result == "retry"
        assert "self" in outcome.error


def test_a_name_that_does_not_resolve_is_tried_again() -> None:
    """DNS fails at times; the error names neither path nor secret."""

    def fail(_host: str, _port: int) -> tuple[str, ...]:
        raise OSError("no such host")

    outcome = webhook("https://nowhere.test/s3cret", guard=Guard(resolve=fail)).send(PARCEL, present())
    assert outcome.result == "retry"
    assert "s3cret" not in outcome.error


def test_a_spoilt_secret_is_not_shown(receiver: Received) -> None:
    """What is no base64 is refused, and stays where it is."""
    sending = WebhookSending(receiver.url, "whsec_h€llo", Guard(LOOPBACK), ssl.create_default_context(), "x")
    outcome = sending.send(PARCEL, present())
    assert outcome.result == "refused"
    assert "h€llo" not in outcome.error


def ways(**environment: str) -> Ways:
    """Ways to sinks that find their secrets here."""
    return Ways(environment, Guard(), PRODUCT, ssl.create_default_context())


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_syslog_arrives_framed(tmp_path: Path, transport: Any) -> None:
    """Over TCP and TLS, each message with its octets counted."""
    server, authority = server_tls(tmp_path)
    with stream_receiver(server if transport == "tls" else None) as lines:
        settings = {"host": "127.0.0.1", "port": str(lines.port), "transport": transport}
        trust = {"authority": str(authority)} if transport == "tls" else {}
        sink = make_sink("siem", "syslog", settings | trust, 0)
        body = rendered(sink, finding_of(), "gate-1")
        assert ways().to(sink).send(Parcel("k", body), 0) == Outcome("sent")
        assert lines.came.wait(5)
    count, _, rest = lines.data[0].partition(b" ")
    assert int(count) == len(rest)
    assert rest == body
    assert b" gate-1 stillwatch - finding - CEF:0|" in rest


def test_syslog_arrives_by_datagram() -> None:
    """Over UDP, one message each, without a frame."""
    with datagram_receiver() as udp:
        sending = SyslogSending(Syslog("127.0.0.1", udp.getsockname()[1], "udp"), None)
        assert sending.send(Parcel("k", b"<130>1 hello"), 0) == Outcome("sent")
        assert udp.recv(100) == b"<130>1 hello"


def test_a_syslog_receiver_that_is_gone_is_tried_again(tmp_path: Path) -> None:
    """Nobody listens, or somebody whom the sender has no reason to trust."""
    with stream_receiver() as lines:
        port = lines.port
    assert SyslogSending(Syslog("127.0.0.1", port, "tcp"), None).send(PARCEL, 0).result == "retry"
    server, _ = server_tls(tmp_path)
    with stream_receiver(server) as lines:
        way = SyslogSending(Syslog("127.0.0.1", lines.port), ssl.create_default_context())
        assert way.send(PARCEL, 0).result == "retry"
    assert lines.data == []


@APPRISE
def test_people_get_a_message(receiver: Received, monkeypatch: pytest.MonkeyPatch) -> None:
    """By Apprise, whose URL is read from the environment at each try."""
    monkeypatch.setenv("no_proxy", "*")
    environment = {"STILLWATCH_EXPORT_CHAT": f"json://127.0.0.1:{receiver.port}/chat"}
    sink = make_sink("chat", "notify", {"url": "env:STILLWATCH_EXPORT_CHAT"}, 0)
    parcel = Parcel("k", rendered(sink, finding_of()))
    way = ways(**environment).to(sink)
    assert way.send(parcel, 0) == Outcome("sent")
    said = json.loads(receiver.requests[0][2])
    assert said["title"] == "[high] New: Model extraction by a campaign of 3 accounts"
    assert "shared payment method" in said["message"]
    receiver.status = 500
    assert way.send(parcel, 0).result == "retry"


@APPRISE
def test_a_url_that_apprise_does_not_know_is_refused() -> None:
    """It holds a secret, so that it is not repeated."""
    environment = {"STILLWATCH_EXPORT_CHAT": "nosuch://token"}
    sink = make_sink("chat", "notify", {"url": "env:STILLWATCH_EXPORT_CHAT"}, 0)
    outcome = ways(**environment).to(sink).send(Parcel("k", rendered(sink, finding_of())), 0)
    assert outcome.result == "refused"
    assert "token" not in outcome.error


def test_networks_are_read() -> None:
    """From a list; what is none is told by the variable's name."""
    assert networks("10.0.0.0/8, fd00::/8") == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    with pytest.raises(ExportError, match="STILLWATCH_EXPORT_NETWORKS"):
        networks("10.0.0.0/33")
