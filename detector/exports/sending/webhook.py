"""Signed webhooks: the headers and signature of standardwebhooks.com."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Final

from standardwebhooks import Webhook as Signer

from detector.exports.errors import ExportError
from detector.exports.sending.guard import destination
from detector.exports.sending.outcome import Outcome
from detector.human.pinned import PinnedConnection

if TYPE_CHECKING:
    import ssl

    from detector.exports.sending.guard import Guard
    from detector.exports.sending.outcome import Parcel

SECONDS: Final = 10.0
_FINAL: Final = range(400, 500)
_PASSING: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True, slots=True)
class WebhookSending:
    """Any 2xx is a receipt. Of an answer the status and Retry-After are looked at, and no more is read."""

    url: str
    secret: str
    guard: Guard
    tls: ssl.SSLContext
    agent: str
    seconds: float = SECONDS

    def send(self, parcel: Parcel, now: int) -> Outcome:
        """As `Sending.send`."""
        try:
            to = destination(self.url)
            headers = self._headers(parcel, now)
            addresses = self.guard.addresses(to)
            self.guard.secure(to, addresses)
        except ExportError as error:
            return Outcome("refused", str(error))
        except (OSError, UnicodeError):
            return Outcome("retry", "the host's name does not resolve; see to the DNS")
        for address in addresses:
            tls = self.tls if to.scheme == "https" else None
            connection = PinnedConnection(to.host, to.port, address, tls, self.seconds)
            outcome = self._post(connection, to.path, parcel.body, headers | {"Host": to.authority}, now)
            if connection.connected:
                break
        return outcome

    def _post(
        self, connection: PinnedConnection, path: str, body: bytes, headers: dict[str, str], now: int
    ) -> Outcome:
        late = Outcome("retry", f"no answer within {self.seconds:g} s")
        try:
            with connection.limited():
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
        except TimeoutError:
            return late
        except (OSError, HTTPException) as error:
            return late if connection.expired else Outcome("retry", _said(error))
        # What is cut off can look like an answer whose head just ended.
        return late if connection.expired else _judged(answer.status, answer.headers.get("Retry-After"), now)

    def _headers(self, parcel: Parcel, now: int) -> dict[str, str]:
        try:
            signer = Signer(self.secret)
            signature = signer.sign(
                parcel.key, datetime.fromtimestamp(now // 1000, UTC), parcel.body.decode()
            )
        except (ValueError, RuntimeError) as error:
            # The library's messages do not quote it, and ours must not either.
            raise ExportError("secret of the webhook: write whsec_ and base64") from error
        return {
            "Content-Type": "application/json",
            "User-Agent": self.agent,
            "Connection": "close",
            "webhook-id": parcel.key,
            "webhook-timestamp": str(now // 1000),
            "webhook-signature": signature,
        }


def _judged(status: int, asked: str | None, now: int) -> Outcome:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome("sent")
    said = f"answered {status}"
    if status in _FINAL and status not in _PASSING:
        return Outcome("refused", f"{said}; correct the receiver or the sink, then retry")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        said += ": redirects are not followed, name the place itself"
    return Outcome("retry", said, _asked(asked, now))


def _asked(value: str | None, now: int) -> int | None:
    """How many ms Retry-After asks for (RFC 9110, section 10.2.3): seconds or a date."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return int(value[:9]) * 1000
    try:
        return max(0, round(parsedate_to_datetime(value).timestamp() * 1000) - now)
    except (ValueError, OverflowError):
        return None


def _said(error: OSError | HTTPException) -> str:
    """The reason, without what the other side sent."""
    reason = getattr(error, "verify_message", None) or getattr(error, "strerror", None)
    return str(reason or type(error).__name__)
