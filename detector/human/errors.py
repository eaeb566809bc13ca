"""How proof-of-human fails. No message quotes a token, a challenge or an answer.

HumanTokenError
├── Malformed     what somebody sent is not what the RFC describes
└── FetchError    an issuer's directory could not be had: trying again later is right
"""

from __future__ import annotations


class HumanTokenError(Exception):
    """Says what, where and the remedy."""


class Malformed(HumanTokenError):  # noqa: N818 - says what is the matter
    """A structure or header field does not follow its grammar."""


class FetchError(HumanTokenError):
    """A directory did not come, or must not be fetched from there."""
