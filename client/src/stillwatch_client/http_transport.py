"""Events by `POST /v1/events`: NDJSON, gzip (RFC 1952)."""

from __future__ import annotations

import gzip
import logging
from typing import TYPE_CHECKING, Final

import httpx

from stillwatch_client.backoff import retry_after
from stillwatch_client.transport import Delivery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stillwatch_client.settings import Service
    from stillwatch_client.transport import Line

EVENTS: Final = "/v1/events"
RETRIED: Final = frozenset((401, 403, 404, 408, 425, 429))
"""Besides 5xx. The first three are mended by an operator, without the events having to be lost."""

_HEADERS: Final = {"content-type": "application/x-ndjson", "content-encoding": "gzip"}
# Text that models exchange shrinks fivefold at the fastest level.
_LEVEL: Final = 1

logger = logging.getLogger(__name__)


class HttpTransport:
    """Posts batches; one that is too long for the service is posted in halves."""

    def __init__(self, service: Service, timeout: float) -> None:
        self._url = service.at(EVENTS)
        self._client = httpx.Client(
            headers=service.headers() | _HEADERS, timeout=timeout, verify=service.trusted(), trust_env=False
        )

    def deliver(self, lines: Sequence[Line]) -> Delivery:
        """As `Transport.deliver`."""
        body = gzip.compress(b"\n".join(line.body for line in lines), _LEVEL)
        try:
            response = self._client.post(self._url, content=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Delivery(0, unsent=tuple(lines), problem=f"{type(error).__name__}: {error}")
        if response.is_success:
            return _answered(lines, response)
        if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return self._halve(lines)
        return _refused(lines, response)

    def close(self) -> None:
        """As `Transport.close`."""
        self._client.close()

    def _halve(self, lines: Sequence[Line]) -> Delivery:
        if len(lines) == 1:
            logger.warning("Stillwatch: an event of %d bytes is too long for the service", len(lines[0].body))
            return Delivery(0, rejected=1)
        middle = len(lines) // 2
        first, second = self.deliver(lines[:middle]), self.deliver(lines[middle:])
        return Delivery(
            first.delivered + second.delivered,
            first.rejected + second.rejected,
            first.unsent + second.unsent,
            max(first.retry_after or 0.0, second.retry_after or 0.0) or None,
            first.problem or second.problem,
        )


def _refused(lines: Sequence[Line], response: httpx.Response) -> Delivery:
    status = response.status_code
    if status in RETRIED or response.is_server_error:
        asked = retry_after(response.headers.get("retry-after"))
        return Delivery(0, unsent=tuple(lines), retry_after=asked, problem=f"HTTP {status}")
    logger.warning("Stillwatch: a batch of %d events was refused for good (HTTP %d)", len(lines), status)
    return Delivery(0, rejected=len(lines))


def _answered(lines: Sequence[Line], response: httpx.Response) -> Delivery:
    """The reply says which lines were refused; without one that we understand all were taken."""
    try:
        told = response.json()
    except ValueError:
        told = None
    count = told.get("refused") if isinstance(told, dict) else None
    refused = min(count, len(lines)) if type(count) is int and count > 0 else 0
    if refused:
        logger.warning("Stillwatch: %d of %d events were refused", refused, len(lines))
    return Delivery(len(lines) - refused, rejected=refused)
