from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.human.challenge import TokenChallenge
from detector.human.contexts import Contexts, Unbound, Windows
from detector.human.errors import Malformed
from detector.human.headers import parse_requests
from detector.human.issuer import Issuer
from detector.human.privacy_pass import PrivacyPass, Settings
from detector.human.redemption import Reason, Status
from detector.human.spent import SqlSpentTokens
from tests.detector.human.databases import database_of
from tests.detector.human.toy_issuer import ToyIssuer, directory_of

if TYPE_CHECKING:
    from pathlib import Path

    from detector.human.redemption import Redemption
    from detector.human.verifier import TokenVerifier
    from detector.telemetry.logs import Log
    from tests.detector.human.directory_server import Site

HOUR = 3_600_000
NOW = 500_000 * HOUR + 1000
ACCOUNT = b"account-1"
SECRET = bytes(range(32))
ORIGIN = "api.example"


@dataclass(slots=True)
class World:
    """An issuer's site, an origin, and clients."""

    site: Site
    log: Log
    spent: SqlSpentTokens

    def verifier(self, contexts: Contexts | None = None, origin: str = ORIGIN) -> PrivacyPass:
        """An origin whose keys are at hand."""
        issuer = Issuer(self.site.name, self.site.fetcher(), self.log)
        bound = contexts or Windows(SECRET, HOUR)
        built = PrivacyPass([issuer], bound, self.spent, Settings(origin), self.log)
        built.refresh(NOW)
        return built


@pytest.fixture
def world(site: Site, toy: ToyIssuer, spent: SqlSpentTokens, log: Log) -> World:
    """One with an issuer of one key."""
    site.body = directory_of(toy.listed())
    return World(site, log, spent)


def _challenged(verifier: TokenVerifier, scope: bytes = ACCOUNT, now: int = NOW) -> bytes:
    (value,) = verifier.challenges(scope, now)
    (request,) = parse_requests(value)
    return request.challenge


def _headers(token: bytes) -> dict[str, str]:
    value = f'PrivateToken token="{urlsafe_b64encode(token).decode()}"'
    return {"Authorization": "Bearer sk-1", "Private-Token": value}


def _redeem(verifier: TokenVerifier, token: bytes, scope: bytes = ACCOUNT, now: int = NOW) -> Redemption:
    return verifier.redeem(_headers(token), scope, now)


def test_a_client_gets_a_token_and_spends_it_once(world: World, toy: ToyIssuer) -> None:
    """The whole way: challenge, blind issuance, redemption, and the same token again."""
    verifier = world.verifier()
    (value,) = verifier.challenges(ACCOUNT, NOW)
    (request,) = parse_requests(value)
    challenge = TokenChallenge.decode(request.challenge)
    assert (challenge.issuer_name, challenge.origin_info) == (world.site.name, ORIGIN)
    assert (request.token_key, request.max_age) == (toy.spki, 2 * 3600 - 1)
    token = toy.token_for(request.challenge)
    first = _redeem(verifier, token)
    assert (first.status, first.reason, first.issuer) == ("valid", Reason.ACCEPTED, world.site.name)
    again = _redeem(verifier, token)
    assert (again.status, again.reason) == ("invalid", Reason.SPENT)


def test_another_process_knows_what_was_spent(world: World, toy: ToyIssuer) -> None:
    """And takes what was challenged elsewhere: the secret is shared, nothing else."""
    one, two = world.verifier(), world.verifier()
    token = toy.token_for(_challenged(one))
    assert _redeem(two, token).status is Status.VALID
    assert _redeem(one, token).reason is Reason.SPENT


def test_a_nonce_is_spent_whatever_signature_it_has(world: World, toy: ToyIssuer) -> None:
    """Two signatures under two salts are one token."""
    verifier = world.verifier()
    nonce = secrets.token_bytes(32)
    tokens = [toy.token_for(_challenged(verifier), nonce) for _ in range(2)]
    assert tokens[0] != tokens[1]
    assert [_redeem(verifier, token).reason for token in tokens] == [Reason.ACCEPTED, Reason.SPENT]


def test_a_token_is_for_its_account_origin_and_hours(world: World, toy: ToyIssuer) -> None:
    """It answers the challenge it was got for, until the end of the window after."""
    verifier = world.verifier()
    token = toy.token_for(_challenged(verifier))
    end = NOW - NOW % HOUR + 2 * HOUR
    for wrong in (
        _redeem(verifier, token, scope=b"account-2"),
        _redeem(verifier, token, now=end),
        _redeem(verifier, token, now=NOW - HOUR),
        _redeem(world.verifier(origin="other.example"), token),
        _redeem(world.verifier(Windows(bytes(32), HOUR)), token),
    ):
        assert (wrong.status, wrong.reason) == ("invalid", Reason.OTHER_CHALLENGE)
    assert _redeem(verifier, token, now=end - 1).status is Status.VALID


def test_a_forged_token_is_refused_and_uses_nothing_up(
    world: World, toy: ToyIssuer, other: ToyIssuer
) -> None:
    """Signed by nobody or with another key under this one's name; the honest one still counts."""
    verifier = world.verifier()
    token = toy.token_for(_challenged(verifier))
    stranger = other.token_for(_challenged(verifier))
    for forged in (
        token[:-1] + bytes([token[-1] ^ 1]),
        token[:98] + stranger[98:],
        token[:98] + b"\xff" * 256,
    ):
        refused = _redeem(verifier, forged)
        assert (refused.status, refused.reason) == ("invalid", Reason.BAD_SIGNATURE)
    assert _redeem(verifier, token).status is Status.VALID


def test_what_cannot_be_judged_is_held_against_nobody(world: World, other: ToyIssuer, log: Log) -> None:
    """No keys yet, a key that is not known yet, a store that does not answer."""
    verifier = world.verifier()
    token = other.token_for(_challenged(verifier))
    unknown = _redeem(verifier, token)
    assert (unknown.status, unknown.reason) == ("none", Reason.UNKNOWN_KEY)
    silent = Issuer(world.site.name, world.site.fetcher(), log)
    keyless = PrivacyPass([silent], Windows(SECRET, HOUR), world.spent, Settings(ORIGIN), log)
    assert keyless.challenges(ACCOUNT, NOW) == ()
    assert _redeem(keyless, token).reason is Reason.NO_KEYS
    assert _redeem(keyless, token).status is Status.NONE


def test_a_store_that_is_down_accepts_nothing_and_blames_nobody(
    world: World, toy: ToyIssuer, tmp_path: Path
) -> None:
    """A token that may have been spent is not valid; the next refresh goes on as well."""
    database = database_of(f"sqlite:///{tmp_path / 'nowhere' / 'tokens.db'}")
    world.spent = SqlSpentTokens(database)
    verifier = world.verifier()
    outcome = _redeem(verifier, toy.token_for(_challenged(verifier)))
    assert (outcome.status, outcome.reason) == ("none", Reason.STORE_UNAVAILABLE)
    database.close()


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, Reason.ABSENT),
        ({"authorization": "Bearer sk-1"}, Reason.ABSENT),
        ({"private-token": ""}, Reason.MALFORMED),
        ({"private-token": "PrivateToken token=AAAA"}, Reason.UNSUPPORTED_TYPE),
        ({"private-token": "PrivateToken token=AqoA"}, Reason.UNSUPPORTED_TYPE),
        ({"private-token": "PrivateToken token=AAIA"}, Reason.MALFORMED),
        ({"private-token": "PrivateToken token=AA"}, Reason.MALFORMED),
        ({"authorization": "PrivateToken token=AAIA"}, Reason.MALFORMED),
    ],
)
def test_each_header_has_its_reason(world: World, headers: dict[str, str], reason: Reason) -> None:
    """A missing token and a reserved type are no token; a spoilt one is invalid."""
    assert world.verifier().redeem(headers, ACCOUNT, NOW).reason is reason


def test_the_standard_header_is_taken_where_it_is_free(world: World, toy: ToyIssuer) -> None:
    """An API whose key is elsewhere can do as RFC 9577 has it."""
    verifier = world.verifier()
    headers = {"AUTHORIZATION": _headers(toy.token_for(_challenged(verifier)))["Private-Token"]}
    assert verifier.redeem(headers, ACCOUNT, NOW).status is Status.VALID
    assert verifier.header == "private-token"


def test_unbound_tokens_may_be_kept_and_are_remembered_with_their_key(world: World, toy: ToyIssuer) -> None:
    """Spent ones are forgotten only when their key is gone for longer than keys last."""
    verifier = world.verifier(Unbound())
    (request,) = parse_requests(verifier.challenges(b"", NOW)[0])
    assert request.max_age is None
    token = toy.token_for(request.challenge)
    assert _redeem(verifier, token, scope=b"anybody").status is Status.VALID
    for days in range(0, 100, 5):
        verifier.refresh(NOW + days * 24 * HOUR)
    assert _redeem(verifier, token, now=NOW + 95 * 24 * HOUR).reason is Reason.SPENT


def test_bound_tokens_are_forgotten_after_their_hours(world: World, toy: ToyIssuer) -> None:
    """So the store stays as small as two windows."""
    verifier = world.verifier()
    assert _redeem(verifier, toy.token_for(_challenged(verifier))).status is Status.VALID
    assert world.spent.forget(NOW + HOUR, []) == 0
    assert world.spent.forget(NOW + 2 * HOUR, []) == 1


def test_nothing_of_a_token_shows(world: World, toy: ToyIssuer, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in an outcome nor in the log, whatever becomes of it."""
    verifier = world.verifier()
    token = toy.token_for(_challenged(verifier))
    outcomes = [_redeem(verifier, token), _redeem(verifier, token), _redeem(verifier, token[:-1])]
    said = repr(outcomes) + caplog.text + repr(Windows(SECRET, HOUR))
    for part in (token[2:34], token[98:], SECRET):
        assert part.hex() not in said
        assert repr(part)[2:-1] not in said
        assert urlsafe_b64encode(part).decode()[:20] not in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    headers=st.dictionaries(st.sampled_from(["Private-Token", "authorization", "x"]), st.text(max_size=50)),
    token=st.binary(max_size=360),
)
def test_no_client_makes_it_fail(world: World, headers: dict[str, str], token: bytes) -> None:
    """Any headers and any token have an outcome that is not valid."""
    verifier = world.verifier()
    assert verifier.redeem(headers, ACCOUNT, NOW).status is not Status.VALID
    assert _redeem(verifier, b"\0\2" + token).status is not Status.VALID


def test_settings_are_checked_when_they_are_made(world: World) -> None:
    """A secret that can be guessed, a window of nothing, a name that cannot be in a challenge."""
    with pytest.raises(ValueError, match="under 32 bytes"):
        Windows(b"short")
    with pytest.raises(ValueError, match="not above 0"):
        Windows(SECRET, 0)
    with pytest.raises(Malformed, match="origin_info"):
        world.verifier(origin="bücher.example")
