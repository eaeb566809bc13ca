"""The service as an ASGI application."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from detector.hook import admin, health, native, stream
from detector.hook.gateways import litellm, plain
from detector.hook.heads import Heads
from detector.hook.openapi import document
from detector.hook.problems import Problem, answer_problem, fault, store_away
from detector.hook.shortcut import Shortcut
from detector.store.errors import StoreError, StoreUnavailable
from detector.telemetry.fields import Failure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from fastapi import APIRouter, Request, Response

    from detector.hook.parts import Parts
    from detector.telemetry.logs import Log

SCHEMAS: Final[tuple[type[Any], ...]] = (*native.SCHEMAS, *litellm.SCHEMAS, *health.SCHEMAS, *admin.SCHEMAS)


def make_app(
    parts: Parts,
    routers: Iterable[APIRouter] = (),
    schemas: Iterable[type[Any]] = (),
    closing: Iterable[Callable[[], Awaitable[None]]] = (),
    *,
    with_admin: bool = True,
) -> FastAPI:
    """Mount all endpoints, and `routers` of others.

    These may refer to msgspec types in `schemas`, and need `closing` done on the event loop in the end.
    While the app runs, the feed follows the store. Without admin, the endpoints that command are left out,
    for a process on an address that gateways reach.
    """
    app = FastAPI(
        title="Stillwatch",
        version=version("stillwatch"),
        description="Verdicts on accounts that distil a model, for gateways.",
        lifespan=lambda _: _following(parts, closing),
        # Their pages load scripts of a CDN, which could do whatever who is signed in to the console may.
        docs_url=None,
        redoc_url=None,
        # It would lead to whatever host the request names, and behind a proxy from https to http.
        redirect_slashes=False,
    )
    mounted = [stream.router(parts), native.router(parts), litellm.router(parts), plain.router(parts)]
    mounted += [health.router(parts), *([admin.router(parts)] if with_admin else []), *routers]
    for router in mounted:
        app.include_router(router)
    app.add_middleware(Heads)
    # Added last, it comes first.
    app.add_middleware(Shortcut, routers=mounted)
    for error, handler in (
        (Problem, answer_problem),
        (StoreError, _unanswered(parts.log)),
        (RequestValidationError, _invalid),
        (HTTPException, _refused),
    ):
        app.add_exception_handler(error, handler)
    known: list[type[Any]] = [*SCHEMAS, *schemas]
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        return made or made.update(document(app, known)) or made

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI documents
    return app


@asynccontextmanager
async def _following(parts: Parts, closing: Iterable[Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Follow the store, the topic of verdicts and issuers of tokens, for as long as the app runs."""
    running = [asyncio.create_task(parts.feed.run(parts.settings.poll_seconds))]
    if parts.tokens is not None:
        running.append(asyncio.create_task(parts.tokens.run()))
    if parts.hearing is not None:
        running.append(asyncio.create_task(parts.hearing.run()))
    try:
        yield
    finally:
        parts.followers.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for close in closing:
            await close()
        parts.telemetry.flush()


def _unanswered(log: Log) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What whoever asked the store on the way is told: to come again only where that may help."""

    async def answer(_: Request, error: Exception) -> Response:
        log.warning("the store did not do what it was asked", error=Failure(error))
        return (store_away() if isinstance(error, StoreUnavailable) else fault()).response()

    return answer


async def _invalid(_: Request, error: Exception) -> Response:
    """A parameter that makes no sense: which and why, without its value."""
    if not isinstance(error, RequestValidationError):
        raise error
    told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return Problem(422, "parameter", "Parameter not understood", f"{told}; see /openapi.json").response()


async def _refused(_: Request, error: Exception) -> Response:
    """No such path, or not by this method."""
    if not isinstance(error, HTTPException):
        raise error
    detail = f"{error.detail}; see /openapi.json for what there is"
    return Problem(error.status_code, "http", str(error.detail), detail, error.headers).response()
