"""A small provider of OpenID Connect, over HTTP on this machine."""

from __future__ import annotations

import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from tests.detector.hook.service import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.detector.hook.made import Hand

CLIENT: Final = "stillwatch:console"
SECRET: Final = "a secret + more"


def new_key(key_id: str) -> ECKey:
    """A key pair, which takes less time to make than one of RSA."""
    return ECKey.generate_key("P-256", {"kid": key_id})


@dataclass(slots=True)
class OidcProvider:
    """Who is signed in there, and what it does wrong."""

    issuer: str
    clock: Hand
    key: Any
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "7", "preferred_username": "Ada"})
    """of who is signed in; they count more than what belongs there, and None leaves one out"""
    described: dict[str, Any] = field(default_factory=dict)
    """said in the description instead of what belongs there"""
    signed_by: Any = None
    """a key other than the one that is published"""
    forged: str | None = None
    """sent instead of a token"""
    algorithm: str = "ES256"
    asked: Counter[str] = field(default_factory=Counter)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    """what was asked for with each code that was not used yet"""

    def token(self, asked: dict[str, str]) -> str:
        """An ID token for who asked."""
        if self.forged is not None:
            return self.forged
        now = self.clock.at // 1000
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        told = {name: value for name, value in (claims | self.claims).items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, told, self.signed_by or self.key, algorithms=[self.algorithm])


def make_provider_app(provider: OidcProvider) -> FastAPI:
    """Its endpoints."""
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def description() -> dict[str, Any]:
        provider.asked["description"] += 1
        ends = ("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "keys")
        told = {name: f"{provider.issuer}/{path}" for name, path in ends}
        return {"issuer": provider.issuer} | told | provider.described

    @app.get("/keys")
    async def keys() -> dict[str, Any]:
        provider.asked["keys"] += 1
        return {"keys": [provider.key.as_dict(private=False)]}

    @app.get("/authorize")
    async def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = f"code{len(provider.codes)}"
        provider.codes[code] = asked
        answer = urlencode({"code": code, "state": asked["state"], "iss": provider.issuer})
        return RedirectResponse(f"{asked['redirect_uri']}?{answer}", 303)

    @app.post("/token")
    async def token(request: Request) -> Response:
        form = {name: one[0] for name, one in parse_qs((await request.body()).decode()).items()}
        asked = provider.codes.pop(form["code"], None)
        if asked is None or not _proven(asked, form) or not _known(request):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": provider.token(asked)})

    return app


@contextmanager
def running_provider(clock: Hand) -> Iterator[OidcProvider]:
    """On a port of its own, in a thread."""
    port = free_port()
    provider = OidcProvider(f"http://127.0.0.1:{port}", clock, new_key("first"))
    config = uvicorn.Config(make_provider_app(provider), port=port, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield provider
    finally:
        server.should_exit = True
        thread.join()


def shared_key() -> OctKey:
    """A secret for HS256."""
    return OctKey.import_key(SECRET * 3)


def _proven(asked: dict[str, str], form: dict[str, str]) -> bool:
    """PKCE (RFC 7636, 4.6), and the same address as before."""
    digest = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
    return digest == asked["code_challenge"] and form["redirect_uri"] == asked["redirect_uri"]


def _known(request: Request) -> bool:
    """RFC 6749, 2.3.1: both halves are form-encoded."""
    told = b64decode(request.headers.get("authorization", "Basic ")[6:]).decode()
    return told == "stillwatch%3Aconsole:a%20secret%20%2B%20more"
