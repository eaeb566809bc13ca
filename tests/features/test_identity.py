from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.hashing import HashKey
from features.identity import hash_addresses, hash_columns

KEY = HashKey.from_secret("a secret of the tests")


@settings(deadline=None)
@given(st.lists(st.ip_addresses(), min_size=1, max_size=20))
def test_hashes_agree_exactly_where_addresses_and_networks_do(
    addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address],
) -> None:
    """Two addresses share a hash if and only if they are one, and a network hash if they share /24 or /48."""
    hosts, networks = hash_addresses([str(address) for address in addresses], KEY)
    plain = [
        mapped if isinstance(a, ipaddress.IPv6Address) and (mapped := a.ipv4_mapped) else a for a in addresses
    ]
    wide = [ipaddress.ip_network((a, 24 if a.version == 4 else 48), strict=False) for a in plain]

    assert [hosts.tolist().index(h) for h in hosts.tolist()] == [plain.index(a) for a in plain]
    assert [networks.tolist().index(h) for h in networks.tolist()] == [wide.index(n) for n in wide]
    assert 0 not in hosts
    assert 0 not in networks


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_ways_to_write_one_address_hash_alike(written: str, plain: str) -> None:
    """An address hashes by what it is, not by how it was written."""
    hosts, networks = hash_addresses([written, plain], KEY)

    assert hosts[0] == hosts[1] != 0
    assert networks[0] == networks[1] != 0


@settings(deadline=None)
@given(st.none() | st.text() | st.from_regex(r"[0-9.]{0,16}", fullmatch=True))
def test_what_is_no_address_hashes_to_nothing(text: str | None) -> None:
    """Whatever Python's own parser refuses gives 0, and what it takes does not."""
    try:
        ipaddress.ip_address((text or "").strip())
        valid = True
    except ValueError:
        valid = False

    hosts, networks = hash_addresses([text], KEY)

    assert bool(hosts[0]) == valid
    assert bool(networks[0]) == valid


def test_address_and_network_of_the_same_number_differ() -> None:
    """0.0.1.2 as an address and 1.2.x.0/24 as a network are not mistaken for each other."""
    (host,), _ = hash_addresses(["0.1.2.3"], KEY)
    _, (network,) = hash_addresses(["1.2.3.4"], KEY)

    assert host != network


def test_columns_come_back_as_rows() -> None:
    """Each column's hashes are one row of the result, and no column of no events works."""
    hashes = hash_columns([["a", None], ["b", "a"]], KEY)

    assert hashes.shape == (2, 2)
    assert hashes[0, 0] == hashes[1, 1]
    assert hashes[0, 1] == 0
    assert hash_columns([[], []], KEY).shape == (2, 0)
