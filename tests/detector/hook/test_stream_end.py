from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.detector.hook.api import concluded, running_api
from tests.detector.hook.made import NOW

if TYPE_CHECKING:
    from detector.store.interface import Store
    from tests.detector.hook.api import Api

PATH = "/v1/decisions/stream"
HOUR = 3600.0


@pytest.mark.parametrize("news", [True, False])
@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_stream_ends_with_its_key(
    store: Store,
    end: str,
    news: bool,  # noqa: FBT001 - as a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is found later is not told, and where nothing is, a heartbeat ends it; other keys' go on."""
    monkeypatch.setattr("detector.hook.stream.HEARTBEAT", HOUR if news else 0.05)

    async def main() -> None:
        async with running_api(store) as api:
            asked = {"name": "edge", "scopes": ["feed"], "why": "test", "hours": 1}
            made = (await api.client.post("/v1/admin/keys", json=asked)).json()
            concluded(store, ("early", 0.99), time=NOW)
            await api.parts.feed.look()
            ending = asyncio.create_task(api.client.get(PATH, headers={"x-stillwatch-key": made["key"]}))
            lasting = asyncio.create_task(api.client.get(PATH))
            await followed_by(api, 2)
            if end == "revoked":
                await api.client.delete(f"/v1/admin/keys/{made['key_id']}")
            else:
                api.clock.sleep(HOUR)
            if news:
                concluded(store, ("late", 0.99), time=NOW, tick=2)
            await api.parts.feed.look()
            told = (await asyncio.wait_for(ending, 5)).text
            assert ("early" in told, "late" in told) == (True, False)
            await followed_by(api, 1)
            api.parts.followers.close()
            assert ("late" in (await asyncio.wait_for(lasting, 5)).text) == news

    asyncio.run(main())


async def followed_by(api: Api, number: int) -> None:
    """Wait until so many follow, and have what there is."""
    for _ in range(500):
        await asyncio.sleep(0.01)
        if len(api.parts.followers) == number:
            break
    assert len(api.parts.followers) == number
    await asyncio.sleep(0.05)
