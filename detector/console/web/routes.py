"""Routers whose every endpoint names the permission that it takes, so that all of them can be listed.

`{name:rest}` in a path is all that follows, as in the hook's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import APIRouter, Depends

import detector.hook.paths  # noqa: F401 - makes `rest` known

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request

    from detector.people.guard import Visitor
    from detector.people.roles import Permission

    Guard = Callable[[Permission], Callable[[Request], Coroutine[Any, Any, Visitor]]]

_Endpoint = TypeVar("_Endpoint", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Routes:
    """A router; `guard` makes the dependency that lets in who has a permission."""

    guard: Guard
    router: APIRouter
    needs: dict[tuple[str, str], Permission] = field(default_factory=dict)
    """permission by method and path"""

    def on(
        self, method: str, path: str, permission: Permission, **more: Any
    ) -> Callable[[_Endpoint], _Endpoint]:
        """Mount an endpoint; `more` is FastAPI's."""
        whole = self.router.prefix + path
        self.needs[method, whole] = permission
        admitted = [Depends(self.guard(permission))]
        made: Callable[[_Endpoint], _Endpoint] = self.router.api_route(
            path, methods=[method], dependencies=admitted, **more
        )
        return made


def visitor(request: Request) -> Visitor:
    """Who asks, as the guard let them in."""
    found: Visitor = request.state.visitor
    return found
