"""Privacy Pass: headers, challenges, tokens and directories of issuers are read, or `Malformed`."""

from __future__ import annotations

from contextlib import suppress

from detector.human import base64url
from detector.human.addresses import parse_authority
from detector.human.auth_params import parse_items
from detector.human.challenge import TokenChallenge
from detector.human.directory import parse_directory
from detector.human.errors import FetchError, Malformed
from detector.human.headers import parse_credentials, parse_requests
from detector.human.issuer_key import load_key
from detector.human.private_token import Token


def fuzz(data: bytes) -> None:
    """The bytes as each of them."""
    text = data.decode("latin-1")
    for read in (parse_items, parse_credentials, _request):
        with suppress(Malformed):
            read(text)
    with suppress(Malformed):
        assert TokenChallenge.decode(data).encode() == data
    for token in (data, b"\0\2" + data[:352].ljust(352, b"\0")):
        with suppress(Malformed):
            assert Token.decode(token).encode() == token
    for parse in (parse_directory, load_key):
        with suppress(Malformed):
            parse(data)
    with suppress(Malformed):
        assert base64url.encode(base64url.decode(text, "text")) == text
    with suppress(Malformed, FetchError):
        parse_authority(text)


def _request(text: str) -> None:
    """What is read is written so that it is read the same."""
    for request in parse_requests(text):
        assert parse_requests(request.format()) == (request,)
