"""Identifiers and addresses as keyed hashes: 0 where the log had none, or none that can be read."""

from __future__ import annotations

import ipaddress
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from numba import njit, uint64

from features.hashing import hash_strings, sip64_word, string_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from features.hashing import HashKey

_ADDRESS: Final = 1 << 40
_NETWORK: Final = 1 << 41
"""Marks that keep an IPv4 address and a /24 of the same number apart."""

_V6_NETWORK_BITS: Final = 48
_DOTS: Final = 3
_HIGHEST_OCTET: Final = 255


def hash_columns(columns: Sequence[Sequence[str | None]], key: HashKey) -> NDArray[np.uint64]:
    """Keyed hashes of several columns of `n` strings, shape (columns, n); 0 where null or empty."""
    together = pa.array(list(chain.from_iterable(columns)), pa.large_string())
    return hash_strings(together, key).reshape(len(columns), -1)


def hash_addresses(
    addresses: Sequence[str | None], key: HashKey
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Keyed hashes of IP addresses and of their networks (/24 of IPv4, /48 of IPv6), each of shape (n,).

    An IPv4 address mapped into IPv6 (RFC 4291, section 2.5.5.2) is the IPv4 address; text that is no
    address gives 0.
    """
    data, offsets = string_bytes(pa.array([a or "" for a in addresses], pa.large_string()))
    return hash_spans(data, offsets[:-1], offsets[1:], key)


def hash_spans(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], key: HashKey
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """As `hash_addresses`, of the texts `data[start:end]` in UTF-8; one without bytes gives 0."""
    numbers = _read_dotted(data, starts, ends)
    unread = np.flatnonzero((numbers < 0) & (ends > starts))
    if len(unread) == 0:
        return _hash_v4(numbers, key.k0, key.k1)
    others = [_parse(data[starts[i] : ends[i]].tobytes().decode()) for i in unread]
    numbers[unread] = [number for number, _, _ in others]
    hosts, networks = _hash_v4(numbers, key.k0, key.k1)
    v6_hosts, v6_networks = hash_columns([[h for _, h, _ in others], [n for _, _, n in others]], key)
    hosts[unread] = np.where(v6_hosts != 0, v6_hosts, hosts[unread])
    networks[unread] = np.where(v6_networks != 0, v6_networks, networks[unread])
    return hosts, networks


def _parse(text: str) -> tuple[int, str, str]:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return -1, "", ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, ipaddress.IPv4Address):
        return int(address), "", ""
    # a scope names an interface of the machine that wrote the log, not the client
    bare = ipaddress.IPv6Address(int(address))
    network = ipaddress.IPv6Network((bare, _V6_NETWORK_BITS), strict=False)
    return -1, str(bare), str(network)


@njit(cache=True, nogil=True)
def _read_dotted(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    out = np.empty(starts.shape[0], dtype=np.int64)
    for i in range(out.shape[0]):
        out[i] = _dotted(data, starts[i], ends[i])
    return out


@njit(cache=True, nogil=True)
def _dotted(data: NDArray[np.uint8], start: int, end: int) -> int:
    number, octet, digits, dots = 0, 0, 0, 0
    for at in range(start, end):
        byte = data[at]
        if byte == ord("."):
            if digits == 0:
                return -1
            number, octet, digits, dots = number * 256 + octet, 0, 0, dots + 1
        elif ord("0") <= byte <= ord("9") and not (digits > 0 and octet == 0):
            octet, digits = octet * 10 + byte - ord("0"), digits + 1
            if octet > _HIGHEST_OCTET:
                return -1
        else:
            return -1
    return number * 256 + octet if dots == _DOTS and digits > 0 else -1


@njit(cache=True, nogil=True)
def _hash_v4(
    numbers: NDArray[np.int64], k0: np.uint64, k1: np.uint64
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    hosts = np.zeros(numbers.shape[0], dtype=np.uint64)
    networks = np.zeros(numbers.shape[0], dtype=np.uint64)
    for i in range(numbers.shape[0]):
        if numbers[i] >= 0:
            hosts[i] = sip64_word(uint64(numbers[i] | _ADDRESS), k0, k1)
            networks[i] = sip64_word(uint64((numbers[i] >> 8) | _NETWORK), k0, k1)
    return hosts, networks
