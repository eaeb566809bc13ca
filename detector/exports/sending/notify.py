"""Messages to people, by Apprise: chat, mail, and whatever else it knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

from detector.exports.sending.outcome import Outcome

if TYPE_CHECKING:
    from detector.exports.sending.outcome import Parcel

SECONDS: Final = 20.0
_TYPES: Final = {5: NotifyType.FAILURE, 4: NotifyType.FAILURE, 3: NotifyType.WARNING}


class Message(msgspec.Struct, frozen=True):
    """What people read."""

    title: str
    text: str
    severity: int


@dataclass(frozen=True, slots=True)
class NotifySending:
    """Apprise tells only whether it worked, so that everything else is tried again."""

    urls: str
    """one or several, apart by commas or space"""
    app: str

    def send(self, parcel: Parcel, now: int) -> Outcome:  # noqa: ARG002 - as `Sending.send`
        """As `Sending.send`."""
        message = msgspec.json.decode(parcel.body, type=Message)
        notifier = Apprise(asset=AppriseAsset(app_id=self.app, app_desc="", service_timeout=SECONDS))
        if not notifier.add(self.urls):
            return Outcome("refused", "Apprise knows no service by the URL; see its list of services")
        kind = _TYPES.get(message.severity, NotifyType.INFO)
        done = notifier.notify(message.text, message.title, kind, body_format=NotifyFormat.TEXT)
        return Outcome("sent") if done else Outcome("retry", "the service did not take the message")
