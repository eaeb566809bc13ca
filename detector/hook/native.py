"""Our own endpoints: decide, look up, tell whose keys are whose, report bypasses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from detector.hook.asking import decided, settled
from detector.hook.auth.require import require
from detector.hook.bodies import decoded, json_body, json_reply, read_body
from detector.hook.decision import Decision, Facts
from detector.hook.headers import headers_in
from detector.hook.paths import LONGEST, AccountId
from detector.hook.problems import problems, store_away
from detector.store.errors import StoreUnavailable
from detector.store.hook_records import Link
from detector.telemetry.metrics.hook import GATEWAYS

if TYPE_CHECKING:
    from detector.hook.parts import Parts

JSON: Final = "application/json"
LINKS: Final = 1000

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account's API keys and end users."""

    account_id: Id
    api_keys: Annotated[tuple[Id, ...], msgspec.Meta(max_length=LINKS)] = ()
    end_users: Annotated[tuple[Id, ...], msgspec.Meta(max_length=LINKS)] = ()


class Bypassed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Requests that a gateway let through because it could not ask."""

    gateway: str
    requests: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]


SCHEMAS: Final = (Facts, Decision, Subject, Bypassed)

_DENIED: Final = problems(s401="no valid key", s403="the key lacks the scope", s429="too many requests")
_READ: Final = problems(s400="the body is not understood", s413="the body is too long")


def router(parts: Parts) -> APIRouter:
    """The endpoints below `/v1`."""
    made = APIRouter(prefix="/v1", tags=["native"])
    _decide(made, parts)
    _look_up(made, parts)
    _link(made, parts)
    _report(made, parts)
    return made


def _decide(made: APIRouter, parts: Parts) -> None:
    decoder, encoder = msgspec.json.Decoder(Facts), msgspec.json.Encoder()
    most = parts.settings.body_bytes

    @made.post(
        "/decide",
        responses={200: json_reply(Decision, "what to do with the request"), **_READ, **_DENIED},
        openapi_extra=json_body(Facts),
        response_class=Response,
    )
    async def decide(request: Request) -> Response:
        """Decide on a request. Do what `enforced` says; in shadow mode that is always `allow`.

        A client's `Private-Token` is to be handed on as a header.
        """
        sent = headers_in(request)
        parts.keys.admit(sent, "decide")
        facts = decoded(decoder, await read_body(request, most))
        decision = settled(parts, "native", await decided(parts, facts, sent))
        return Response(encoder.encode(decision), media_type=JSON)


def _look_up(made: APIRouter, parts: Parts) -> None:
    encoder = msgspec.json.Encoder()

    @made.get(
        "/decisions/{account_id:rest}",
        responses={200: json_reply(Decision, "what would be decided now"), **_DENIED},
        dependencies=[Depends(require(parts.keys, "feed"))],
        response_class=Response,
    )
    async def decision_of(account_id: AccountId) -> Response:
        """Show what is decided on an account's requests, without counting one."""
        return Response(encoder.encode(parts.decider.decide(Facts(account_id=account_id))), media_type=JSON)


def _link(made: APIRouter, parts: Parts) -> None:
    decoder = msgspec.json.Decoder(Subject)

    @made.post(
        "/subjects",
        status_code=204,
        responses={**_READ, **_DENIED, **problems(s503="the store does not answer")},
        openapi_extra=json_body(Subject),
        response_class=Response,
        dependencies=[Depends(require(parts.keys, "ingest"))],
    )
    async def link(request: Request) -> Response:
        """Tell whose API keys and end users are whose, so that verdicts are found by them."""
        told = decoded(decoder, await read_body(request, parts.settings.body_bytes))
        links = [Link("api_key", one, told.account_id) for one in told.api_keys]
        links += [Link("end_user", one, told.account_id) for one in told.end_users]
        try:
            await asyncio.to_thread(parts.store.link, links)
        except StoreUnavailable:
            raise store_away() from None
        return Response(status_code=204)


def _report(made: APIRouter, parts: Parts) -> None:
    decoder = msgspec.json.Decoder(Bypassed)

    @made.post(
        "/bypasses",
        status_code=204,
        responses={**_READ, **_DENIED},
        openapi_extra=json_body(Bypassed),
        response_class=Response,
        dependencies=[Depends(require(parts.keys, "decide"))],
    )
    async def report(request: Request) -> Response:
        """Report requests that were let through because we could not be asked."""
        told = decoded(decoder, await read_body(request, parts.settings.body_bytes))
        gateway = told.gateway if told.gateway in GATEWAYS else "native"
        parts.telemetry.bypassed(gateway, "unreachable", told.requests)
        return Response(status_code=204)
