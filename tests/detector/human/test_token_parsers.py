from __future__ import annotations

from base64 import urlsafe_b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.human.auth_params import LONGEST, parse_items
from detector.human.base64url import decode, encode
from detector.human.challenge import TokenChallenge
from detector.human.directory import parse_directory
from detector.human.errors import Malformed
from detector.human.freshness import CachePolicy
from detector.human.headers import TokenRequest, is_private_token, parse_credentials, parse_requests
from detector.human.issuer_key import load_key
from detector.human.private_token import Token, token_type
from tests.detector.human.toy_issuer import ToyIssuer, directory_of

ASCII = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=60)
CHALLENGES = st.builds(
    TokenChallenge,
    ASCII.filter(bool),
    st.one_of(st.just(b""), st.binary(min_size=32, max_size=32)),
    ASCII,
    st.integers(0, 0xFFFF),
)
HEADERISH = st.text(st.sampled_from('Pt="\\,; \t=-_~AQ0\x7fé'), max_size=40)


@given(CHALLENGES)
def test_a_challenge_survives_encoding(challenge: TokenChallenge) -> None:
    """Whatever its fields are."""
    assert TokenChallenge.decode(challenge.encode()) == challenge


@given(st.binary(max_size=400))
def test_any_bytes_are_a_challenge_or_malformed(data: bytes) -> None:
    """Nothing else is raised, and what is read encodes to the same bytes: no two encodings of one thing."""
    with suppress(Malformed):
        assert TokenChallenge.decode(data).encode() == data


@given(CHALLENGES, st.data())
def test_a_cut_or_longer_challenge_is_malformed(challenge: TokenChallenge, data: st.DataObject) -> None:
    """Every prefix, and every byte too many."""
    encoded = challenge.encode()
    cut = data.draw(st.integers(0, len(encoded) - 1))
    for wrong in (encoded[:cut], encoded + b"\0"):
        with pytest.raises(Malformed):
            TokenChallenge.decode(wrong)


@given(st.binary(min_size=352, max_size=352))
def test_a_token_survives_encoding(data: bytes) -> None:
    """Of its own type and length; of another it is refused, and nothing of it is printed."""
    token = Token.decode(b"\0\2" + data)
    assert token.encode() == b"\0\2" + data
    assert repr(token) == "Token()"
    for wrong in (b"\0\1" + data, b"\0\2" + data[1:], b"\0\2\0" + data):
        with pytest.raises(Malformed):
            Token.decode(wrong)


@pytest.mark.parametrize("data", [b"", b"\0"])
def test_less_than_a_type_is_malformed(data: bytes) -> None:
    """A type takes two bytes."""
    with pytest.raises(Malformed, match="token_type"):
        token_type(data)


@given(st.binary(max_size=60), ASCII)
def test_base64url_has_one_form(data: bytes, text: str) -> None:
    """What was encoded is read, and what is read would have been encoded so."""
    assert decode(encode(data), "x") == data
    with suppress(Malformed):
        assert encode(decode(text, "x")) == text


@pytest.mark.parametrize("text", ["AQ", "AR==", "A+==", "A/==", "AQ==\n", "A Q==", "ÄQ==", "A"])
def test_loose_base64url_is_refused(text: str) -> None:
    """No padding, leftover bits, the other alphabet, blanks, letters that are not ASCII."""
    with pytest.raises(Malformed, match="token is no base64url"):
        decode(text, "token")


@given(HEADERISH)
def test_any_header_is_read_or_malformed(value: str) -> None:
    """Nothing else is raised, by any of the readers."""
    for read in (parse_items, parse_requests, parse_credentials):
        with suppress(Malformed):
            read(value)


@given(
    st.lists(st.tuples(st.binary(max_size=40), st.none() | st.binary(), st.none() | st.integers(0, 10**9)))
)
def test_challenges_survive_a_header(drawn: list[tuple[bytes, bytes | None, int | None]]) -> None:
    """Also several in one field, among others and behind empty elements."""
    requests = tuple(TokenRequest(*fields) for fields in drawn)
    value = ", ".join(["Basic", *(request.format() for request in requests), ",Bearer a=b", "Negotiate aGk="])
    assert parse_requests(value) == requests


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30))
def test_quoted_values_are_unquoted(text: str) -> None:
    """Quotes and backslashes are escaped, and commas separate nothing inside."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    (item,) = parse_items(f'S  A = "{quoted}" , b=c')
    assert (item.scheme, item.parameters) == ("S", {"a": text, "b": "c"})


def test_a_long_header_is_refused_unread() -> None:
    """And one just short enough is read in no time: the grammar does not backtrack."""
    with pytest.raises(Malformed, match="over"):
        parse_items("a" * (LONGEST + 1))
    for nasty in ("a" * LONGEST, 'S a="' + "\\" * (LONGEST - 5), "," * LONGEST, " " * LONGEST, "a=" * 8000):
        with suppress(Malformed):
            parse_items(nasty)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "is not one PrivateToken"),
        ("Bearer sk-1", "is not one PrivateToken"),
        ("PrivateToken", "no parameter token"),
        ("PrivateToken token=AQ, PrivateToken token=AQ", "is not one PrivateToken"),
        ("PrivateToken token=AQ, token=AQ", "twice"),
        ("token=AQ", "begins with a parameter"),
        ('PrivateToken token="AQ==', "neither a scheme nor"),
        ("PrivateToken token=AQ", "no base64url"),
    ],
)
def test_wrong_credentials_are_told_without_quoting_them(value: str, said: str) -> None:
    """Each with what to do about it."""
    with pytest.raises(Malformed, match=said) as caught:
        parse_credentials(value)
    assert "AQ" not in str(caught.value)
    assert "sk-1" not in str(caught.value)


def test_credentials_are_read_in_every_form_of_the_grammar() -> None:
    """The scheme in any case, the token quoted or not, unknown parameters ignored."""
    assert parse_credentials('privatetoken token="AQI=", more=1') == b"\1\2"
    assert parse_credentials("PRIVATETOKEN  extra=x , Token=AQID") == b"\1\2\3"
    assert is_private_token("privatetoken token=AQID")
    assert not is_private_token("Bearer PrivateToken")


@pytest.mark.parametrize("value", ["PrivateToken max-age=1", "PrivateToken challenge=AQID, max-age=1h"])
def test_a_challenge_needs_its_parameters(value: str) -> None:
    """The challenge itself, and an age in seconds."""
    with pytest.raises(Malformed):
        parse_requests(value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (("",), "issuer_name"),
        (("ü",), "issuer_name"),
        (("x" * 65_536,), "issuer_name"),
        (("x", b"1"), "redemption_context"),
        (("x", b"", "ü"), "origin_info"),
    ],
)
def test_a_challenge_that_cannot_be_encoded_is_refused(fields: tuple[str], said: str) -> None:
    """The message names the field."""
    with pytest.raises(Malformed, match=said):
        TokenChallenge(*fields)


def test_only_keys_of_the_right_kind_are_taken(toy: ToyIssuer) -> None:
    """No other algorithm, no other size, no bytes after the end, no rubbish."""
    assert load_key(toy.spki).key_id == toy.key_id
    plain = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f00") + toy.spki[-270:]
    for wrong in (b"", b"\0" * 300, toy.spki[:-1], toy.spki + b"\0", plain):
        with pytest.raises(Malformed, match="RSASSA-PSS"):
            load_key(wrong)


@given(st.binary(max_size=200))
def test_any_bytes_are_no_directory(body: bytes) -> None:
    """Nothing but `Malformed` is raised."""
    with pytest.raises(Malformed):
        parse_directory(body)


def test_a_directory_is_read_in_the_order_of_preference(toy: ToyIssuer, other: ToyIssuer) -> None:
    """Keys of other types are passed over, unknown fields too."""
    voprf = {"token-type": 1, "token-key": "AQID", "more": [1]}
    keys = parse_directory(directory_of(voprf, other.listed(not_before=7), toy.listed()))
    assert [(key.key_id, key.not_before) for key in keys] == [(other.key_id, 7), (toy.key_id, None)]
    assert keys[1].begun(0)
    assert [keys[0].begun(second) for second in (6, 7)] == [False, True]


def test_a_wrong_directory_names_the_place(toy: ToyIssuer) -> None:
    """Which key, and why."""
    wrong = {"token-type": 2, "token-key": urlsafe_b64encode(b"x" * 30).decode()}
    with pytest.raises(Malformed, match=r"token-keys\[1\]: token-key is no DER"):
        parse_directory(directory_of(toy.listed(), wrong))
    with pytest.raises(Malformed, match="over 64"):
        parse_directory(directory_of(*[toy.listed()] * 65))
    with pytest.raises(Malformed, match="type 2"):
        parse_directory(directory_of())
    with pytest.raises(Malformed, match="RFC 9578"):
        parse_directory(b"[" * 100_000)


@pytest.mark.parametrize(
    ("cache_control", "age", "seconds"),
    [
        ("", "", 86_400),
        ("max-age=3600", "", 3600),
        ("public, Max-Age=3600", "600", 3000),
        ("max-age=3600", "later", 3600),
        ("s-maxage=3600", "", 86_400),
        ("max-age=1", "", 300),
        ("no-store", "", 300),
        ("private, no-cache, max-age=3600", "", 300),
        ("max-age=999999999", "", 604_800),
    ],
)
def test_caching_follows_the_issuer_within_bounds(cache_control: str, age: str, seconds: int) -> None:
    """RFC 9111, but never for less than five minutes or more than a week."""
    assert CachePolicy().lifetime(cache_control, age) == 1000 * seconds


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_caching_headers_give_a_bounded_lifetime(cache_control: str, age: str) -> None:
    """They come from outside."""
    policy = CachePolicy()
    assert policy.shortest <= policy.lifetime(cache_control, age) <= policy.longest
