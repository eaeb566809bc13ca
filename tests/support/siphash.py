"""SipHash-c-d in plain Python, as its authors define it (Aumasson and Bernstein 2012, section 2)."""

from __future__ import annotations

MASK = 2**64 - 1


def siphash(message: bytes, k0: int, k1: int, *, compress: int = 1, finish: int = 3) -> int:
    """The 64-bit hash of `message` under the key `(k0, k1)`."""
    state = [
        0x736F6D6570736575 ^ k0,
        0x646F72616E646F6D ^ k1,
        0x6C7967656E657261 ^ k0,
        0x7465646279746573 ^ k1,
    ]
    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) % 256])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        state[3] ^= word
        for _ in range(compress):
            _sip_round(state)
        state[0] ^= word
    state[2] ^= 0xFF
    for _ in range(finish):
        _sip_round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _sip_round(state: list[int]) -> None:
    v0, v1, v2, v3 = state
    v0 = (v0 + v1) & MASK
    v2 = (v2 + v3) & MASK
    v1 = _rotate(v1, 13) ^ v0
    v3 = _rotate(v3, 16) ^ v2
    v0 = _rotate(v0, 32)
    v2 = (v2 + v1) & MASK
    v0 = (v0 + v3) & MASK
    v1 = _rotate(v1, 17) ^ v2
    v3 = _rotate(v3, 21) ^ v0
    v2 = _rotate(v2, 32)
    state[:] = v0, v1, v2, v3


def _rotate(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & MASK
