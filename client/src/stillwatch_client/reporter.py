"""Tells the service, once it is back, how many requests went through unchecked: `POST /v1/bypasses`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from stillwatch_client.counters import Counters
    from stillwatch_client.settings import CacheSettings

BYPASSES: Final = "/v1/bypasses"
MOST: Final = 1_000_000_000
"""requests in one report"""

logger = logging.getLogger(__name__)


class Reporter:
    """Reports each bypass once, as far as the service says that it took the report."""

    def __init__(self, counters: Counters, settings: CacheSettings) -> None:
        self._counters = counters
        self._settings = settings

    async def report(self, client: httpx.AsyncClient) -> None:
        """Report what was not yet; what fails is tried again with the next report."""
        new = min(self._counters.total("bypasses") - self._counters.get("bypasses_reported"), MOST)
        if new <= 0:
            return
        body = {"gateway": self._settings.gateway, "requests": new}
        try:
            response = await client.post(self._settings.service.at(BYPASSES), json=body)
        except httpx.HTTPError:
            return
        if response.is_success:
            self._counters.add("bypasses_reported", count=new)
        else:
            logger.debug(
                "Stillwatch: %s answers %d; the key needs the scope decide", BYPASSES, response.status_code
            )
