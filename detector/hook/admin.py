"""For people who command: the mode, the policy, the allow-list, undos, keys and the audit."""

from __future__ import annotations

import asyncio
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from detector.hook.auth.keys import SCOPES, SLOWEST, Scope
from detector.hook.auth.require import require
from detector.hook.bodies import decoded, json_body, read_body
from detector.hook.commands import CommandError, Commands, audit_json, key_json
from detector.hook.decision import Mode  # noqa: TC001 - read when the app is made
from detector.hook.paths import AccountId  # noqa: TC001 - read when the app is made
from detector.hook.policy.reading import PolicyError
from detector.hook.problems import Problem, problems, store_away
from detector.store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.hook.auth.ring import Caller
    from detector.hook.parts import Parts

_T = TypeVar("_T")
_DAY: Final = 86_400_000

Why = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class ModeChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shadow or enforce."""

    mode: Mode
    why: Why
    accept_uncalibrated: Why | None = None
    """why to enforce by thresholds that are not known to be calibrated"""


class PolicyChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The text of a policy, TOML."""

    policy: Annotated[str, msgspec.Meta(max_length=262_144)]
    why: Why


class ExemptionChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an account is exempt, and for how long."""

    why: Why
    days: Annotated[float, msgspec.Meta(gt=0, le=3660)] | None = None
    """left out: an allow-list entry is for good, an undo for a week"""


class KeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to be made."""

    # A `$` of Python alone lets a line's end by; of the document's readers not all know `\Z`.
    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}(?!\n)$")]
    scopes: Annotated[tuple[Scope, ...], msgspec.Meta(min_length=1, max_length=len(SCOPES))]
    why: Why
    hours: Annotated[float, msgspec.Meta(gt=0, le=876_000)] | None = None
    rate: Annotated[float, msgspec.Meta(ge=SLOWEST, le=1e9)] | None = None


SCHEMAS: Final = (ModeChange, PolicyChange, ExemptionChange, KeyRequest)

_FAILS: Final = problems(
    s400="the body is not understood", s401="no valid key", s403="the key lacks the scope",
    s409="not as things are", s413="the body is too long", s429="too many requests",
    s503="the store does not answer",
)  # fmt: skip
_DONE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "the version of the change; it is live everywhere within a second",
        "content": {"application/json": {"schema": {"type": "object", "required": ["version"]}}},
    }
}
KeyId = Annotated[str, Path(min_length=1, max_length=64)]


def router(parts: Parts) -> APIRouter:
    """Below `/v1/admin`; all of it needs the scope `admin`."""
    admitted = Depends(require(parts.keys, "admin"))
    made = APIRouter(prefix="/v1/admin", tags=["admin"], responses=_FAILS, dependencies=[admitted])
    console = Console(parts)
    _settings(made, console)
    _exemptions(made, console)
    _keys(made, console)
    _audit(made, console)
    return made


class Console:
    """Runs commands of a caller against the store, off the event loop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def body(self, request: Request, decoder: msgspec.json.Decoder[_T]) -> _T:
        """What the caller sent."""
        return decoded(decoder, await read_body(request, self._parts.settings.body_bytes))

    async def run(self, request: Request, work: Callable[[Commands], _T]) -> _T:
        """Run a command of the caller; raises `Problem` where it cannot be done."""
        caller: Caller = request.state.caller
        author = f"{caller.name} ({caller.key_id})" if caller.key_id else caller.name
        commands = Commands(self._parts.store, author, self._parts.clock.now, token_bytes)
        try:
            return await asyncio.to_thread(work, commands)
        except PolicyError as error:
            raise Problem(400, "policy", "Policy not understood", str(error)) from None
        except CommandError as error:
            raise Problem(409, "conflict", "Not as things are", str(error)) from None
        except StoreUnavailable:
            raise store_away() from None

    def until(self, days: float | None) -> int | None:
        """A time in ms."""
        return None if days is None else self._parts.clock.now() + round(days * _DAY)


def _settings(made: APIRouter, console: Console) -> None:
    modes, policies = msgspec.json.Decoder(ModeChange), msgspec.json.Decoder(PolicyChange)

    @made.get("/mode")
    async def mode(request: Request) -> dict[str, str]:
        """Tell the mode in force."""
        return {"mode": await console.run(request, Commands.mode)}

    @made.put("/mode", responses=_DONE, openapi_extra=json_body(ModeChange))
    async def set_mode(request: Request) -> dict[str, int]:
        """Switch to shadow or to enforcing, in every process.

        Enforcing is refused (409) where thresholds are not known to be calibrated, unless that is accepted.
        """
        asked = await console.body(request, modes)
        accepted = asked.accept_uncalibrated
        return _version(await console.run(request, lambda do: do.set_mode(asked.mode, asked.why, accepted)))

    @made.get("/policy")
    async def policy(request: Request) -> dict[str, str]:
        """Show the policy in force."""
        return {"policy": await console.run(request, Commands.policy)}

    @made.put("/policy", responses=_DONE, openapi_extra=json_body(PolicyChange))
    async def set_policy(request: Request) -> dict[str, int]:
        """Decide by another policy, in every process."""
        asked = await console.body(request, policies)
        return _version(await console.run(request, lambda do: do.set_policy(asked.policy, asked.why)))


def _exemptions(made: APIRouter, console: Console) -> None:
    decoder = msgspec.json.Decoder(ExemptionChange)

    @made.put("/allow/{account_id:rest}", responses=_DONE, openapi_extra=json_body(ExemptionChange))
    async def allow(request: Request, account_id: AccountId) -> dict[str, int]:
        """Put an account on the allow-list."""
        asked = await console.body(request, decoder)
        until = console.until(asked.days)
        return _version(await console.run(request, lambda do: do.allow(account_id, asked.why, until)))

    @made.delete("/allow/{account_id:rest}", responses=_DONE)
    async def disallow(request: Request, account_id: AccountId) -> dict[str, int]:
        """Take an account from the allow-list."""
        return _version(await console.run(request, lambda do: do.disallow(account_id, "over HTTP")))

    @made.put("/undo/{account_id:rest}", responses=_DONE, openapi_extra=json_body(ExemptionChange))
    async def undo(request: Request, account_id: AccountId) -> dict[str, int]:
        """Let verdicts on an account not count for a while; without one there is nothing to undo (409)."""
        asked = await console.body(request, decoder)
        until = console.until(asked.days)
        return _version(await console.run(request, lambda do: do.undo(account_id, asked.why, until)))

    @made.delete("/undo/{account_id:rest}", responses=_DONE)
    async def redo(request: Request, account_id: AccountId) -> dict[str, int]:
        """Let verdicts on an account count again."""
        return _version(await console.run(request, lambda do: do.redo(account_id, "over HTTP")))


def _keys(made: APIRouter, console: Console) -> None:
    decoder = msgspec.json.Decoder(KeyRequest)

    @made.get("/keys")
    async def keys(request: Request) -> list[dict[str, Any]]:
        """List live keys, without their secrets."""
        return [key_json(key) for key in await console.run(request, Commands.live_keys)]

    @made.post("/keys", openapi_extra=json_body(KeyRequest))
    async def create(request: Request, response: Response) -> dict[str, Any]:
        """Make a key; `key` is shown this once."""
        asked = await console.body(request, decoder)
        response.headers["cache-control"] = "no-store"
        new = await console.run(
            request,
            lambda do: do.create_key(asked.name, asked.scopes, asked.why, hours=asked.hours, rate=asked.rate),
        )
        return {"key": new.text} | key_json(new.key)

    @made.delete("/keys/{key_id}", responses=_DONE)
    async def revoke(
        request: Request, key_id: Annotated[str, Path(min_length=1, max_length=64)]
    ) -> dict[str, int]:
        """Let a key count no more."""
        return _version(await console.run(request, lambda do: do.revoke_key(key_id, "over HTTP")))


def _audit(made: APIRouter, console: Console) -> None:

    @made.get("/audit")
    async def audit(
        request: Request,
        after: Annotated[int, Query(ge=0, le=2**62)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[dict[str, Any]]:
        """Show who changed what, when and why, oldest first."""
        return [audit_json(one) for one in await console.run(request, lambda do: do.audit(after, limit))]


def _version(version: int) -> dict[str, int]:
    return {"version": version}
