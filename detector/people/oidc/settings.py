"""Which provider, and who may what by it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import msgspec

from detector.people.records import PeopleError
from detector.people.roles import PERSONAL, Role
from detector.people.site import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterable

FORM: Final = "see docs/people.md"


class OidcSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A provider, as `read_oidc` reads it."""

    issuer: str
    """as the provider writes it in its tokens"""
    client_id: str
    client_secret_file: str | None = None
    """a file that holds the secret; None: a public client"""
    label: str = "single sign-on"
    """of the button"""
    scope: str = "openid profile"
    name_claim: str = "preferred_username"
    """the name of somebody who is new"""
    groups_claim: str = "groups"
    roles: Annotated[dict[str, Role], msgspec.Meta(max_length=1000)] = {}
    """by group; the highest counts at each sign-in, who has none is refused. Empty: roles stay as they are"""
    provision: bool = False
    """whether somebody unknown becomes a person; needs `roles`"""

    def role(self, groups: Iterable[str]) -> Role | None:
        """The highest role of some groups."""
        held = {self.roles[group] for group in groups if group in self.roles}
        return max(held, key=PERSONAL.index, default=None)


def read_oidc(path: Path) -> OidcSettings:
    """Settings from a TOML file. Raises `PeopleError` naming the field that is wrong."""
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=OidcSettings)
    except OSError as error:
        raise PeopleError(f"{path}: {error.strerror}; name a file that can be read") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PeopleError(f"{path}: {error}; {FORM}") from None
    check_settings(settings)
    return settings


def check_settings(settings: OidcSettings) -> None:
    """Raise `PeopleError` for settings that would let in nobody, or anybody."""
    check_address(settings.issuer, "issuer")
    if "openid" not in settings.scope.split():
        raise PeopleError(f"scope {settings.scope!r} lacks openid; {FORM}")
    if wrong := sorted(set(settings.roles.values()) - set(PERSONAL)):
        raise PeopleError(f"roles: {wrong[0]!r} is not one of a person; choose among {', '.join(PERSONAL)}")
    if settings.provision and not settings.roles:
        raise PeopleError("provision: everybody at the provider would get in; give roles by group as well")


def secret_of(settings: OidcSettings) -> str | None:
    """The client's secret. Raises `PeopleError` if its file cannot be read."""
    if settings.client_secret_file is None:
        return None
    try:
        return Path(settings.client_secret_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PeopleError(
            f"client-secret-file: {type(error).__name__}; name a text file that can be read"
        ) from None


def check_address(address: str, what: str) -> str:
    """Raise `PeopleError` for an address that anybody on the way could answer for."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return address
    raise PeopleError(f"{what} {address!r}: the provider needs https; correct it")
