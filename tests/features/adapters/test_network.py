from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.adapters.network import client_address, operation_of


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9:443", "198.51.100.1", "203.0.113.9"),
        ("[2001:db8::7]:443", None, "2001:db8::7"),
        ("2001:db8::7", None, "2001:db8::7"),
        ("10.0.0.1:443", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1:443", "192.168.0.1", "10.0.0.1"),
        ("10.0.0.1", "unknown, _hidden, 203.0.113.9:80", "203.0.113.9"),
        ("::1", "fd00::1,[2001:db8::7]:5", "2001:db8::7"),
        (None, "203.0.113.9", "203.0.113.9"),
        (None, None, None),
        ("gateway", ["203.0.113.9"], None),
        ("x" * 10_000, "203.0.113.9," + "," * 10_000, None),
    ],
)
def test_the_client_is_who_the_proxies_saw(peer: Any, forwarded: Any, address: str | None) -> None:
    """A peer that is not ours is the client; else the last address that a proxy of ours was asked from."""
    assert client_address(peer, forwarded) == address


@given(st.text(alphabet="0123456789.,: ", max_size=40))
def test_nothing_to_the_left_changes_who_the_client_is(claimed: str) -> None:
    """What a client writes into the header stands before what proxies add, and counts for nothing."""
    assert client_address("10.0.0.1", f"{claimed}, 203.0.113.9, 10.0.0.2") == "203.0.113.9"


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/v1/chat/completions", "chat"),
        ("https://api.example.com/v1/completions?x=/embeddings", "completion"),
        ("/openai/v1/responses/", "responses"),
        ("/v1/embeddings", "embedding"),
        ("/anthropic/v1/messages", "chat"),
        ("/v1/models", None),
        ("/autocompletions", None),
        (5, None),
    ],
)
def test_the_endpoint_tells_the_operation(path: Any, operation: str | None) -> None:
    """The end of a path names the operation; other paths are none of a model API."""
    assert operation_of(path) == operation
