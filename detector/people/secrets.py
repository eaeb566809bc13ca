"""Random secrets: what is handed out, and the digest that is kept.

They have 256 random bits, so one SHA-256 protects them (NIST SP 800-63B, 5.1.2.2).
"""

from __future__ import annotations

import re
from base64 import b32encode, urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new_secret(random: Callable[[int], bytes]) -> str:
    """43 characters that stand in a cookie or an address as they are."""
    return urlsafe_b64encode(random(32)).decode().rstrip("=")


def new_user_id(random: Callable[[int], bytes]) -> str:
    """`usr_` and 16 letters or digits."""
    return f"usr_{b32encode(random(10)).decode().lower()}"


def digest_of(secret: str) -> bytes | None:
    """By which a secret is looked up; None for what cannot be one."""
    return sha256(secret.encode()).digest() if _SECRET.fullmatch(secret) else None
