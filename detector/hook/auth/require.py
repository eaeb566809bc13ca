"""The keys as a dependency of FastAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from detector.hook.auth.keys import Scope
    from detector.hook.auth.ring import Caller, KeyRing


def require(keys: KeyRing, scope: Scope) -> Callable[[Request], Coroutine[Any, Any, Caller]]:
    """For `Depends(require(parts.keys, "ingest"))`: the caller, or a problem (401, 403, 429).

    The caller is in `request.state.caller` as well.
    """

    async def admitted(request: Request) -> Caller:
        caller = keys.admit(request.headers, scope)
        request.state.caller = caller
        return caller

    return admitted
