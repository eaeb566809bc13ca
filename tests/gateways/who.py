"""LiteLLM's `custom_auth` in the tests, loaded by the proxy: the key `sk-ann` is the user `ann`'s."""

from __future__ import annotations

from typing import Any

from litellm.proxy._types import UserAPIKeyAuth  # type: ignore[import-not-found] # only the proxy has it


async def who(request: Any, api_key: str) -> UserAPIKeyAuth:  # noqa: ARG001 - LiteLLM passes it
    """Who has a key."""
    return UserAPIKeyAuth(api_key=api_key, user_id=api_key.removeprefix("sk-"), org_id="org-1")
