"""Which of the ids in a foreign log is the account that is scored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from features.adapters.base import RecordError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AccountField = Literal["user", "team", "key", "org", "end_user"]

DEFAULT_ACCOUNT_FROM: Final[tuple[AccountField, ...]] = ("user", "team", "key")
"""Where an account's id is looked for; the first that is not empty counts."""


def find_account(ids: Mapping[AccountField, str | None], order: Sequence[AccountField], remedy: str) -> str:
    """The first id of `order` that is there; raises `RecordError` with the format's own `remedy`."""
    for name in order:
        found = ids[name]
        if found:
            return found
    raise RecordError(
        "missing_field",
        f"account ({', '.join(order)}): required, and absent, null or empty; {remedy}",
    )
