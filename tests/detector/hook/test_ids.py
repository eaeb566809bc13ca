from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from detector.store.hook_records import Link
from tests.detector.hook.api import ENFORCE, concluded, running_api
from tests.detector.hook.made import NOW

if TYPE_CHECKING:
    from detector.store.interface import Store


@pytest.mark.parametrize("path", ["/hook/nginx", "/hook/forward", "/ext_authz/v1/chat"])
def test_ids_in_headers_need_not_be_ascii(store: Store, path: str) -> None:
    """They are UTF-8 as in the logs, and a token is hashed as it was sent; other bytes are Latin-1."""
    hashed = sha256("sk-ключ".encode()).hexdigest()

    async def main() -> None:
        async with running_api(store) as api:
            concluded(store, ("счёт", 0.99), ("café", 0.99), (hashed, 0.99), time=NOW)
            store.link([Link("api_key", "clé", "счёт"), Link("end_user", "用户", "счёт")])
            await api.client.put("/v1/admin/mode", json=ENFORCE)
            await api.parts.feed.look()
            for header, value in (
                (b"x-stillwatch-account", "счёт".encode()),
                (b"x-stillwatch-account", "café".encode("latin-1")),
                (b"x-stillwatch-api-key-id", "clé".encode()),
                (b"x-stillwatch-end-user", "用户".encode()),
                (b"authorization", "Bearer sk-ключ".encode()),
            ):
                reply = await api.client.get(path, headers={header: value})
                assert reply.status_code == 403, (header, value)

    asyncio.run(main())
