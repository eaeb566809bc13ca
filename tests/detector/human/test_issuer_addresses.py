from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.human.addresses import checked, is_public, parse_authority, resolve
from detector.human.errors import FetchError

INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 - not bound to
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::7f00:1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:7f00:1::1", "2001:db8::1", "fd00:ec2::254",
)  # fmt: skip
OUTSIDE = ("8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::6810:84e5", "2001:4860:4860::8888")


@pytest.mark.parametrize("text", INSIDE)
def test_addresses_inside_are_never_asked(text: str) -> None:
    """Loopback, private, link-local, shared, multicast, reserved, and IPv4 hidden in IPv6."""
    assert not is_public(ip_address(text))
    with pytest.raises(FetchError, match="no public address"):
        checked(("8.8.8.8", text), (), "https://issuer.example/")


@pytest.mark.parametrize("text", OUTSIDE)
def test_addresses_outside_may_be_asked(text: str) -> None:
    """Or no issuer could be reached."""
    assert checked((text,), (), "place") == (text,)


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_hides_in_ipv6(number: int) -> None:
    """Neither mapped, compatible, translated nor tunnelled."""
    for prefix, shift in ((0, 0), (0xFFFF << 32, 0), (0x64FF9B << 96, 0), (0x2002 << 112, 80)):
        assert not is_public(IPv6Address(prefix | number << shift))


def test_an_operators_own_network_can_be_trusted() -> None:
    """And nothing beside it."""
    trusted = (IPv4Network("10.1.0.0/16"),)
    assert checked(("10.1.2.3",), trusted, "place") == ("10.1.2.3",)
    with pytest.raises(FetchError, match=r"place: 10\.2\.2\.3"):
        checked(("10.1.2.3", "10.2.2.3"), trusted, "place")


def test_a_name_without_addresses_is_told() -> None:
    """Rather than passed over."""
    with pytest.raises(FetchError, match="has no address"):
        checked((), (), "place")


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("issuer.example", "issuer.example", 443),
        ("issuer.example:8443", "issuer.example", 8443),
        ("[2001:db8::1]:8443", "2001:db8::1", 8443),
        ("127.0.0.1", "127.0.0.1", 443),
    ],
)
def test_issuers_are_named_by_authority(text: str, host: str, port: int) -> None:
    """Host, and a port if it is another than that of https."""
    authority = parse_authority(text)
    assert (authority.host, authority.port, authority.text) == (host, port, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":443",
        "user@host",
        "host/path",
        "host?x",
        "host#x",
        "host:99999",
        "host:x",
        "a b",
        "ü",
        "h\r\nX: y",
        "[::1",
    ],
)
def test_nothing_else_is_an_authority(text: str) -> None:
    """No user, no path, no blank, no line break."""
    with pytest.raises(FetchError, match="no authority"):
        parse_authority(text)


def test_the_systems_resolver_is_asked_once_for_all() -> None:
    """Each address comes once."""
    found = resolve("127.0.0.1", 443)
    assert found == ("127.0.0.1",)
