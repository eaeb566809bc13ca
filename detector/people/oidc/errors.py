"""How single sign-on fails."""

from __future__ import annotations


class OidcError(Exception):
    """The provider did not vouch for anybody: says why, for the log, and quotes no token."""


class NotAdmitted(Exception):  # noqa: N818 - says what is the matter
    """The provider vouched for somebody who may not come in: says why, to that person."""
