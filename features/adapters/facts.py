"""Facts about the client and the account that a log has no field for, under names that the operator adds.

In HTTP headers they are called `x-client-asn`, in metadata `client_asn`, in attributes of a span
`stillwatch.client_asn`. Whatever is in front of the API sets them. A client might too, where they are not
stripped, so a value that makes no sense is no value, and never a reason to reject the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from features.adapters.values import count, name, text, when

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS: Final = (
    "client_country",
    "ja4",
    "device_id",
    "plan",
    "payment_fingerprint",
    "signup_channel",
    "human_token",
)
_IDS: Final = (
    "account_id",
    "org_id",
    "api_key_id",
    "end_user_id",
    "session_id",
    "call_id",
    "client_ip",
    "user_agent",
)
_HIGHEST_ASN: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Names:
    """How facts are called in one kind of place: pairs of the event's field and the name."""

    texts: tuple[tuple[str, str], ...]
    ids: tuple[tuple[str, str], ...]
    asn: str
    created: str
    known: frozenset[str]

    @classmethod
    def of(cls, prefix: str, word_break: str) -> Names:
        """Names that are a prefix and the field's own name, with another break between its words."""

        def called(field: str) -> str:
            return prefix + field.replace("_", word_break)

        asn, created = called("client_asn"), called("account_created")
        texts, ids = (tuple((field, called(field)) for field in fields) for fields in (_TEXTS, _IDS))
        known = frozenset(name for _, name in texts + ids) | {asn, created}
        return cls(texts, ids, asn, created, known)


HEADERS: Final = Names.of("x-", "-")
METADATA: Final = Names.of("", "_")
ATTRIBUTES: Final = Names.of("stillwatch.", "_")


def client_facts(values: Mapping[str, Any], names: Names = HEADERS) -> dict[str, Any]:
    """The fields of a usage event that the values may give, ids and addresses left out."""
    if names.known.isdisjoint(values):
        return {}
    facts: dict[str, Any] = {field: text(values.get(called)) for field, called in names.texts}
    facts["client_asn"] = count(values.get(names.asn), _HIGHEST_ASN)
    facts["account_created"] = when(values.get(names.created))
    return facts


def client_ids(values: Mapping[str, Any], names: Names = HEADERS) -> dict[str, str | None]:
    """Ids, address and user agent that the values give, each None where they do not."""
    if names.known.isdisjoint(values):
        return dict.fromkeys(_IDS)
    return {field: name(values.get(called)) for field, called in names.ids}
