"""What routers and dependencies of people are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

    from detector.hook.auth.ring import KeyRing
    from detector.people.door import Door
    from detector.people.oidc.provider import Provider
    from detector.people.people import SqlPeople
    from detector.people.site import Site
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log


@dataclass(frozen=True, slots=True)
class PeopleParts:
    """Shared by all routers, and belongs to the event loop; only `people` is used by threads."""

    people: SqlPeople
    door: Door
    site: Site
    templates: Environment
    """escapes by itself; has `people/login.html.jinja` and `people/setup.html.jinja`"""
    clock: Clock
    log: Log
    random: Callable[[int], bytes]
    """as `secrets.token_bytes`"""
    keys: KeyRing | None = None
    """None: programs are not let in"""
    provider: Provider | None = None
    """None: no single sign-on"""

    async def close(self) -> None:
        """Let go of threads and connections; not of the database."""
        self.door.close()
        if self.provider is not None:
            await self.provider.close()
