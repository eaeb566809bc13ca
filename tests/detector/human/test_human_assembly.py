from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from detector.human.assembly import Options, build
from detector.human.challenge import TokenChallenge
from detector.human.errors import HumanTokenError
from detector.human.headers import parse_requests
from tests.detector.human.toy_issuer import ToyIssuer, directory_of

if TYPE_CHECKING:
    from pathlib import Path

    from detector.human.spent import SqlSpentTokens
    from detector.telemetry.logs import Log
    from tests.detector.human.directory_server import Site

NOW = 1_780_000_000_000
OPTIONS = Options(("issuer.example",), "api.example", bytes(range(32)))


def test_options_make_a_verifier(
    site: Site, toy: ToyIssuer, spent: SqlSpentTokens, log: Log, certificate: Path
) -> None:
    """With an issuer in a network of the operator's own, under a certificate of its own authority."""
    site.body = directory_of(toy.listed())
    local = Options(
        (f"127.0.0.1:{site.port}",) * 2,
        "api.example",
        trusted_networks=("127.0.0.0/8",),
        authorities=str(certificate),
        header="X-Proof",
    )
    verifier = build(local, spent, log)
    assert verifier.challenges(b"", NOW) == ()
    verifier.refresh(NOW)
    (value,) = verifier.challenges(b"", NOW)
    (request,) = parse_requests(value)
    assert TokenChallenge.decode(request.challenge).redemption_context == b""
    assert verifier.header == "x-proof"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"issuers": ()}, "issuers of tokens are not named"),
        ({"issuers": ("https://issuer.example",)}, "no authority"),
        ({"trusted_networks": ("10.0.0.1/8",)}, "trusted network 10.0.0.1/8"),
        ({"authorities": "/nowhere.pem"}, "authorities /nowhere.pem"),
        ({"origin_info": "ü"}, "origin_info"),
    ],
)
def test_wrong_options_are_named(
    changes: dict[str, object], said: str, spent: SqlSpentTokens, log: Log
) -> None:
    """Before a token comes."""
    with pytest.raises(HumanTokenError, match=said):
        build(replace(OPTIONS, **changes), spent, log)  # type: ignore[arg-type]  # fields of several types


def test_the_secret_is_not_shown() -> None:
    """Options are printed when something goes wrong."""
    assert OPTIONS.secret is not None
    assert repr(OPTIONS.secret) not in repr(OPTIONS)
