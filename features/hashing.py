"""Keyed 64-bit hashes of bytes, so that no identifier and no text is kept, and none can be looked up.

SipHash (Aumasson and Bernstein 2012) with one compression and three finalisation rounds: a pseudo-random
function of a secret key, fast enough to run over every prompt.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
from numba import njit, uint64

from features.unaligned import load64

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Word: TypeAlias = Any
"""An unsigned 64-bit integer inside a kernel: Numba knows its width, a type checker cannot."""


@dataclass(frozen=True, slots=True)
class HashKey:
    """A 128-bit key. Rows made under different keys cannot be compared; `name` tells them apart."""

    k0: np.uint64
    k1: np.uint64
    name: str

    @classmethod
    def from_secret(cls, secret: str) -> HashKey:
        """Derive a key from a secret of any length."""
        digest = hashlib.blake2b(secret.encode(), digest_size=24, person=b"stillwatch-key").digest()
        k0, k1 = np.frombuffer(digest[:16], dtype="<u8")
        return cls(k0, k1, digest[16:20].hex())


@njit(cache=True, nogil=True, inline="always")
def _rotl(x: Word, by: int) -> Word:
    return (x << uint64(by)) | (x >> uint64(64 - by))


@njit(cache=True, nogil=True, inline="always")
def _round(v0: Word, v1: Word, v2: Word, v3: Word) -> tuple[Word, Word, Word, Word]:
    v0 += v1
    v1 = _rotl(v1, 13) ^ v0
    v0 = _rotl(v0, 32)
    v2 += v3
    v3 = _rotl(v3, 16) ^ v2
    v0 += v3
    v3 = _rotl(v3, 21) ^ v0
    v2 += v1
    v1 = _rotl(v1, 17) ^ v2
    return v0, v1, _rotl(v2, 32), v3


@njit(cache=True, nogil=True)
def sip64(data: NDArray[np.uint8], start: int, end: int, k0: Word, k1: Word) -> Word:
    """SipHash-1-3 of `data[start:end]`."""
    k0, k1 = uint64(k0), uint64(k1)
    v0 = uint64(0x736F6D6570736575) ^ k0
    v1 = uint64(0x646F72616E646F6D) ^ k1
    v2 = uint64(0x6C7967656E657261) ^ k0
    v3 = uint64(0x7465646279746573) ^ k1
    at = start
    while at + 8 <= end:
        word = load64(data, at)
        v3 ^= word
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
        v0 ^= word
        at += 8
    word = uint64((end - start) & 0xFF) << uint64(56)
    for i in range(end - at):
        word |= uint64(data[at + i]) << uint64(8 * i)
    v3 ^= word
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0 ^= word
    v2 ^= uint64(0xFF)
    for _ in range(3):
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


@njit(cache=True, nogil=True)
def mix64(x: Word) -> Word:
    """Spread a 64-bit value over all bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    x = uint64(x)
    x = (x ^ (x >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> uint64(27))) * uint64(0x94D049BB133111EB)
    return x ^ (x >> uint64(31))


@njit(cache=True, nogil=True)
def sip64_word(word: Word, k0: Word, k1: Word) -> Word:
    """SipHash-1-3 of one 64-bit value: puts a fast inner hash under the key."""
    k0, k1, word = uint64(k0), uint64(k1), uint64(word)
    v0 = uint64(0x736F6D6570736575) ^ k0
    v1 = uint64(0x646F72616E646F6D) ^ k1
    v2 = uint64(0x6C7967656E657261) ^ k0
    v3 = uint64(0x7465646279746573) ^ k1
    v3 ^= word
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0 ^= word
    last = uint64(8) << uint64(56)
    v3 ^= last
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0 ^= last
    v2 ^= uint64(0xFF)
    for _ in range(3):
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


@njit(cache=True, nogil=True)
def _hash_spans(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], k0: Word, k1: Word
) -> NDArray[np.uint64]:
    out = np.empty(offsets.shape[0] - 1, dtype=np.uint64)
    for i in range(out.shape[0]):
        # 0 means "the log had none"
        out[i] = 0
        if offsets[i] < offsets[i + 1]:
            hashed = sip64(data, offsets[i], offsets[i + 1], k0, k1)
            out[i] = hashed if hashed != 0 else uint64(1)
    return out


def hash_strings(values: Sequence[str | None] | pa.Array, key: HashKey) -> NDArray[np.uint64]:
    """Keyed hashes, shape (n,); 0 where a value is null or empty."""
    column = values if isinstance(values, pa.Array) else pa.array(values, pa.large_string())
    # a null spans no bytes
    data, offsets = string_bytes(column)
    return _hash_spans(data, offsets, key.k0, key.k1)


def string_bytes(column: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The UTF-8 bytes behind a large-string array, and its n + 1 offsets into them; a null spans none."""
    buffers = column.buffers()
    offsets = np.frombuffer(buffers[1], dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    if len(column) == 0:
        return np.zeros(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    data = np.frombuffer(buffers[2], dtype=np.uint8) if buffers[2] is not None else np.zeros(0, np.uint8)
    return data, offsets
