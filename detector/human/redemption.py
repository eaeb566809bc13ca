"""What became of a token that came, or did not come, with a request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """As in the usage event's field `human_token`."""

    NONE = "none"
    VALID = "valid"
    INVALID = "invalid"


class Reason(StrEnum):
    """Why; each belongs to one status."""

    ACCEPTED = "accepted"
    ABSENT = "absent"
    UNSUPPORTED_TYPE = "unsupported_type"
    NO_KEYS = "no_keys"
    UNKNOWN_KEY = "unknown_key"
    STORE_UNAVAILABLE = "store_unavailable"
    BUSY = "busy"
    MALFORMED = "malformed"
    OTHER_CHALLENGE = "other_challenge"
    BAD_SIGNATURE = "bad_signature"
    SPENT = "spent"

    @property
    def status(self) -> Status:
        """What could not be judged counts as no token: our faults and an issuer's are not the client's."""
        if self is Reason.ACCEPTED:
            return Status.VALID
        return Status.INVALID if self in _CLIENTS_FAULT else Status.NONE


_CLIENTS_FAULT = frozenset({Reason.MALFORMED, Reason.OTHER_CHALLENGE, Reason.BAD_SIGNATURE, Reason.SPENT})


@dataclass(frozen=True, slots=True)
class Redemption:
    """The outcome of one request. It holds nothing of the token."""

    reason: Reason
    issuer: str | None = None
    """The name of the issuer whose challenge the token answers; None before that is known."""

    @property
    def status(self) -> Status:
        """As in the usage event."""
        return self.reason.status
