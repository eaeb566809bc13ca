"""Who is asking, by LiteLLM's own keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from stillwatch_client.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AccountField = Literal["user", "team", "key", "org", "end_user"]
FIELDS: Final[tuple[AccountField, ...]] = get_args(AccountField)
DEFAULT_ACCOUNT_FROM: Final[tuple[AccountField, ...]] = ("user", "team", "key")
"""Where an account's id is looked for; the first that is not empty counts. As `stillwatch` itself does."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Ids of who asks; None where there is none."""

    account: str | None
    api_key: str | None
    end_user: str | None


def subject_of(ids: Mapping[str, str | None], account_from: Sequence[AccountField]) -> Subject:
    """By the ids that LiteLLM knows, under the names of `FIELDS`."""
    account = next((found for name in account_from if (found := ids.get(name))), None)
    return Subject(account, ids.get("key") or None, ids.get("end_user") or None)


def ids_of_caller(caller: Any) -> dict[str, str | None]:
    """The ids in a `UserAPIKeyAuth`."""
    return {
        "user": _text(caller, "user_id"),
        "team": _text(caller, "team_id"),
        "key": _text(caller, "api_key") or _text(caller, "token"),
        "org": _text(caller, "org_id"),
        "end_user": _text(caller, "end_user_id"),
    }


def account_fields(text: str | Sequence[str]) -> tuple[AccountField, ...]:
    """From `user,team,key` or a list of such names; raises `SettingsError`."""
    names = [name.strip() for name in text.split(",")] if isinstance(text, str) else text
    chosen = tuple(field for name in names for field in FIELDS if field == name)
    if not chosen or len(chosen) != len(names):
        raise SettingsError(f"account_from (STILLWATCH_ACCOUNT_FROM): give some of {', '.join(FIELDS)}")
    return chosen


def _text(caller: Any, name: str) -> str | None:
    value = getattr(caller, name, None)
    return value if isinstance(value, str) and value else None
