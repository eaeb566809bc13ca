from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.dossier.records import Sample
from detector.dossier.sealing import NONCE, SampleKey, SealError, reveal

KEY = SampleKey.from_secret("a secret")
NONCES = st.binary(min_size=NONCE, max_size=NONCE)


@given(st.text(), st.text(), st.text(), NONCES)
def test_a_sealed_text_opens_under_its_key(text: str, account: str, event: str, nonce: bytes) -> None:
    """Made anew from the same secret, the key opens what was sealed."""
    sealed = KEY.seal(text, account, event, nonce)
    sample = Sample(account, event, 1, {}, sealed)
    assert reveal(sample, SampleKey.from_secret("a secret")) == text


def test_another_secret_opens_nothing() -> None:
    """The message says what to do, and nothing of the text."""
    sealed = KEY.seal("a prompt", "a", "e", bytes(NONCE))
    with pytest.raises(SealError, match="set STILLWATCH_HASH_KEY") as failure:
        SampleKey.from_secret("another").open(sealed, "a", "e")
    assert "prompt" not in str(failure.value)


@pytest.mark.parametrize(("account", "event"), [("b", "e"), ("a", "f")])
def test_a_text_belongs_to_its_request(account: str, event: str) -> None:
    """Copied beside another account or event, it does not open: nobody's words become another's."""
    sealed = KEY.seal("a prompt", "a", "e", bytes(NONCE))
    with pytest.raises(SealError, match="changed in the store"):
        KEY.open(sealed, account, event)


def test_a_changed_text_does_not_open() -> None:
    """One bit is enough, and a cut is, too."""
    sealed = KEY.seal("a prompt", "a", "e", bytes(NONCE))
    for spoilt in (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:20], b""):
        with pytest.raises(SealError):
            KEY.open(spoilt, "a", "e")


def test_where_no_text_is_kept_nothing_is_revealed() -> None:
    """At the privacy levels that send none, a sample has facts only."""
    assert reveal(Sample("a", "e", 1, {"model": "m"}, None), KEY) is None


def test_a_key_does_not_show_itself() -> None:
    """Not in a log, whatever prints it."""
    assert "cipher" not in repr(KEY)
