"""Asks the service about a request that is challenged: whether a token answers it, or else how to get one.

Only such requests go over the network, and only they wait for it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

if TYPE_CHECKING:
    from stillwatch_client.settings import Service

DECIDE: Final = "/v1/decide"
PATIENCE: Final = 0.5
"""seconds; the service takes at most 0.15 to judge a token"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of the request."""

    passes: bool = False
    challenges: tuple[str, ...] = ()
    """what to ask the client for, each a challenge for `WWW-Authenticate`"""


class Challenged:
    """Used by one event loop."""

    def __init__(self, service: Service, token_header: str) -> None:
        """`token_header` is where clients send tokens, as `serve --token-header` says."""
        self._url = service.at(DECIDE)
        self._header = token_header
        self._client = httpx.AsyncClient(
            headers=service.headers(), timeout=PATIENCE, verify=service.trusted(), trust_env=False
        )

    async def ask(self, account_id: str, token: str | None) -> Answer:
        """Never raises: where the service does not answer, the request is challenged as before."""
        headers = {} if token is None else {self._header: token}
        try:
            response = await self._client.post(self._url, json={"account_id": account_id}, headers=headers)
            response.raise_for_status()
            return _read(response.json())
        except (httpx.HTTPError, ValueError) as error:
            logger.warning("Stillwatch: a token was not judged (%s)", type(error).__name__)
            return Answer()

    async def close(self) -> None:
        """Disconnect."""
        await self._client.aclose()


def _read(said: Any) -> Answer:
    if not isinstance(said, dict):
        return Answer()
    challenges = said.get("challenges", ())
    return Answer(
        said.get("enforced") in {"allow", "degrade"},
        tuple(one for one in challenges if isinstance(one, str)) if isinstance(challenges, list) else (),
    )
