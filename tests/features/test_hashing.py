from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from features.hashing import HashKey, hash_strings, sip64, sip64_word
from tests.support.siphash import siphash

KEY = HashKey.from_secret("a secret of the tests")
WORDS = st.integers(min_value=0, max_value=2**64 - 1)


def test_reference_gives_the_published_vector() -> None:
    """The plain-Python reference agrees with the example in the paper's appendix (SipHash-2-4)."""
    k0, k1 = (int.from_bytes(bytes(range(start, start + 8)), "little") for start in (0, 8))

    assert siphash(bytes(range(15)), k0, k1, compress=2, finish=4) == 0xA129CA6149BE45E5


@settings(deadline=None)
@given(st.binary(max_size=70), st.integers(0, 9), WORDS, WORDS)
def test_kernel_equals_the_reference(message: bytes, before: int, k0: int, k1: int) -> None:
    """The kernel hashes a span of any length, anywhere in a buffer, like the reference."""
    data = np.frombuffer(bytes(before) + message + b"after", dtype=np.uint8)

    found = sip64(data, before, before + len(message), np.uint64(k0), np.uint64(k1))

    assert int(found) == siphash(message, k0, k1)


@settings(deadline=None)
@given(WORDS, WORDS, WORDS)
def test_word_kernel_equals_hashing_its_bytes(word: int, k0: int, k1: int) -> None:
    """A 64-bit value hashes like its eight little-endian bytes."""
    found = sip64_word(np.uint64(word), np.uint64(k0), np.uint64(k1))

    assert int(found) == siphash(word.to_bytes(8, "little"), k0, k1)


@settings(deadline=None)
@given(st.lists(st.none() | st.text()))
def test_strings_hash_like_their_bytes(values: list[str | None]) -> None:
    """Strings hash as UTF-8; null and empty are 0, and nothing else is."""
    expected = [
        0 if not value else siphash(value.encode(), int(KEY.k0), int(KEY.k1)) or 1 for value in values
    ]

    assert hash_strings(values, KEY).tolist() == expected


def test_slice_of_a_column_hashes_its_own_values() -> None:
    """A sliced Arrow column gives the hashes of the slice, not of what the buffer begins with."""
    column = pa.array(["a", "b", None, "c"], pa.large_string())

    assert hash_strings(column.slice(1, 3), KEY).tolist() == hash_strings(["b", None, "c"], KEY).tolist()


def test_another_secret_gives_other_hashes_and_another_name() -> None:
    """Hashes under two secrets cannot be compared, and the key's name tells which is which."""
    other = HashKey.from_secret("another secret")

    assert hash_strings(["a"], KEY) != hash_strings(["a"], other)
    assert KEY.name != other.name
