"""Everything about people that is mounted in the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.people import pages
from detector.people.oidc import router as oidc

if TYPE_CHECKING:
    from fastapi import APIRouter

    from detector.people.parts import PeopleParts


def people_routers(parts: PeopleParts) -> list[APIRouter]:
    """Routers for `make_app`."""
    single = [] if parts.provider is None else [oidc.router(parts, parts.provider)]
    return [pages.router(parts), *single]
