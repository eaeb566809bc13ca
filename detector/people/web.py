"""Everything about people that is mounted in the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.people import pages
from detector.people.oidc import router as oidc

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import APIRouter

    from detector.people.parts import PeopleParts


def people_routers(parts: PeopleParts, random: Callable[[int], bytes]) -> list[APIRouter]:
    """Routers for `make_app`; `random` as `secrets.token_bytes`."""
    single = [] if parts.provider is None else [oidc.router(parts, parts.provider, random)]
    return [pages.router(parts), *single]
