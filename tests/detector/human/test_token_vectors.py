from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from detector.human.challenge import TokenChallenge
from detector.human.headers import parse_requests
from detector.human.issuer_key import load_key
from detector.human.private_token import Token
from tests.detector.human.toy_issuer import Pending, vectors

STRUCTURES = vectors("rfc9577_structures.json")["vectors"]
HEADERS = vectors("rfc9577_headers.json")["vectors"]
BLIND_RSA = vectors("rfc9578_blind_rsa.json")


@pytest.mark.parametrize("vector", STRUCTURES)
def test_challenges_are_encoded_and_bound_as_in_rfc_9577(vector: dict[str, str]) -> None:
    """The digest of our encoding is the one in the published authenticator input."""
    field = {name: bytes.fromhex(value) for name, value in vector.items()}
    challenge = TokenChallenge(
        field["issuer_name"].decode(), field["redemption_context"], field["origin_info"].decode()
    )
    token = Token(field["nonce"], challenge.digest, field["token_key_id"], bytes(256))
    assert token.authenticator_input == field["token_authenticator_input"]
    assert TokenChallenge.decode(challenge.encode()) == challenge


@pytest.mark.parametrize("vector", HEADERS)
def test_header_fields_are_read_as_in_rfc_9577(vector: dict[str, Any]) -> None:
    """Each challenge with its key and age, whatever unknown parameters come along."""
    found = parse_requests(vector["WWW-Authenticate"])
    for request, expected in zip(found, vector["challenges"], strict=True):
        assert request.challenge.hex() == expected["token-challenge"]
        assert request.token_key is not None
        assert request.token_key.hex() == expected["token-key"]
        assert request.max_age == expected["max-age"]
        decoded = TokenChallenge.decode(request.challenge)
        assert decoded.token_type == int(expected["token-type"], 16)
        assert decoded.issuer_name == decoded.origin_info.replace("origin", "issuer") == "issuer.example"
        assert decoded.encode() == request.challenge
        assert parse_requests(request.format()) == (request,)


@pytest.mark.parametrize("vector", BLIND_RSA["vectors"])
def test_tokens_of_rfc_9578_verify(vector: dict[str, str]) -> None:
    """They answer their challenge, name their key and are signed; a changed bit is not."""
    key = load_key(bytes.fromhex(BLIND_RSA["pkS"]))
    data = bytes.fromhex(vector["token"])
    token = Token.decode(data)
    assert token.encode() == data
    assert token.nonce.hex() == vector["nonce"]
    assert token.challenge_digest == TokenChallenge.decode(bytes.fromhex(vector["token_challenge"])).digest
    assert token.token_key_id == key.key_id
    assert key.signed(token)
    for place in (2, 40, 80, 98, 353):
        changed = bytearray(data)
        changed[place] ^= 1
        assert not key.signed(Token.decode(bytes(changed)))


@pytest.mark.parametrize("vector", BLIND_RSA["vectors"])
def test_the_toy_client_is_that_of_rfc_9578(vector: dict[str, str]) -> None:
    """So that the tests with a toy issuer prove something: the same request and the same token."""
    spki = bytes.fromhex(BLIND_RSA["pkS"])
    public = load_der_public_key(spki)
    assert isinstance(public, RSAPublicKey)
    field = {name: bytes.fromhex(value) for name, value in vector.items()}
    key_id, blind = load_key(spki).key_id, int(vector["blind"], 16)
    pending = Pending.begin(
        public.public_numbers(), field["token_challenge"], field["nonce"], key_id, blind, field["salt"]
    )
    assert b"\0\2" + key_id[-1:] + pending.blinded == field["token_request"]
    assert pending.finish(field["token_response"]) == field["token"]
