"""`stillwatch serve --token-issuer` as a process, with an issuer that signs blindly."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from detector.human import base64url
from detector.human.headers import parse_requests
from detector.store.opening import upgrade
from tests.detector.hook.running import said_in, serving
from tests.detector.hook.service import HOST, commanded, filled, free_port, key_id
from tests.detector.human.toy_issuer import directory_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.detector.human.directory_server import Site
    from tests.detector.human.toy_issuer import ToyIssuer


@dataclass(frozen=True, slots=True)
class Served:
    """The process, as a gateway asks it."""

    client: httpx.Client
    metrics: str

    def ask(self, action: str, **headers: str) -> httpx.Response:
        """As Traefik would, for the account that this action is for."""
        sent = {"x-stillwatch-account": key_id(action), **headers}
        return self.client.get("/hook/forward", headers=sent)

    def counted(self, reason: str) -> int:
        """Challenged requests whose token was worth so much."""
        found = re.search(
            rf'stillwatch_hook_human_tokens_total{{reason="{reason}"}} (\d+)', httpx.get(self.metrics).text
        )
        return int(found[1]) if found else 0


@contextmanager
def served(folder: Path, site: Site, certificate: Path) -> Iterator[Served]:
    """Enforcing, once it has the issuer's keys."""
    url, metrics = f"sqlite:///{folder / 'store.db'}", f"{HOST}:{free_port()}"
    upgrade(url)
    filled(url)
    commanded(url, "enforce")
    options = ["--metrics", metrics, "--token-issuer", f"{HOST}:{site.port}", "--token-origin", "api.example"]
    options += ["--token-network", "127.0.0.0/8", "--token-ca", str(certificate)]
    with serving(folder, *options) as (base, process):
        for said in ("issuer_keys_fetched", "verdicts loaded"):
            said_in(folder / "log", said, process)
        with httpx.Client(base_url=base, trust_env=False) as client:
            yield Served(client, f"http://{metrics}/metrics")
        process.terminate()
        assert process.wait(20) == 0


def answer_to(refused: httpx.Response, toy: ToyIssuer) -> str:
    """What a client of the issuer sends after a challenge."""
    (asked,) = parse_requests(refused.headers["www-authenticate"])
    assert asked.token_key == toy.spki
    return f'PrivateToken token="{base64url.encode(toy.token_for(asked.challenge))}"'


def test_a_token_answers_one_challenge(tmp_path: Path, site: Site, certificate: Path, toy: ToyIssuer) -> None:
    """Of its own account, once; it lifts neither throttle nor block, and is counted by what it was worth."""
    site.body = directory_of(toy.listed())
    with served(tmp_path, site, certificate) as service:
        refused = service.ask("challenge")
        assert refused.status_code == 401
        token = answer_to(refused, toy)
        assert service.ask("challenge", authorization=token).status_code == 200
        again = service.ask("challenge", **{"private-token": token})
        assert (again.status_code, again.headers["x-stillwatch-human-token"]) == (401, "invalid")
        fresh = answer_to(refused, toy)
        assert service.ask("throttle", **{"private-token": fresh}).status_code == 429
        assert service.ask("block", **{"private-token": fresh}).status_code == 403
        passed = service.ask("challenge", **{"private-token": fresh})
        assert (passed.status_code, passed.headers["x-stillwatch-human-token"]) == (200, "valid")
        asked = {"account_id": key_id("challenge")}
        told = service.client.post("/v1/decide", json=asked).json()
        assert (told["enforced"], len(told["challenges"]), told["ttl"]) == ("challenge", 1, 0)
        headers = {"private-token": answer_to(refused, toy)}
        told = service.client.post("/v1/decide", json=asked, headers=headers).json()
        assert (told["enforced"], told["reason"]) == ("allow", "challenge_answered")
        counts = [service.counted(reason) for reason in ("accepted", "absent", "spent", "bad_signature")]
        assert counts == [3, 2, 1, 0]
