"""Which key may call what: every operation of the hook by a key of every scope."""

from __future__ import annotations

import asyncio
import re
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from detector.hook.auth.keys import SCOPES
from detector.store.opening import open_store, upgrade
from tests.detector.hook.api import running_api

if TYPE_CHECKING:
    from pathlib import Path

    from detector.hook.auth.keys import Scope

NEEDED: Final[dict[str, Scope]] = {
    "/v1/admin/": "admin",
    "/v1/decide": "decide",
    "/v1/bypasses": "decide",
    "/v1/subjects": "ingest",
    "/v1/decisions/": "feed",
}
"""The scope that an operation takes, by how its path begins."""
FORBIDDEN: Final = 403


async def refused(url: str, scope: Scope) -> dict[tuple[str, str], bool]:
    """Whether a key of one scope is refused, by method and path of the document."""
    with closing(open_store(url)) as store:
        async with running_api(store, scope) as api:
            document = (await api.client.get("/openapi.json")).json()
            found = {}
            for path, methods in document["paths"].items():
                for method in methods if path.startswith("/v1/") else ():
                    asked = re.sub(r"\{[^}]*\}", "a", path)
                    if path.endswith("/stream") and scope == "feed":
                        # It would never end.
                        found[method, path] = False
                        continue
                    reply = await api.client.request(method, asked)
                    found[method, path] = reply.status_code == FORBIDDEN
            return found


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_what_its_scope_is_for_and_nothing_else(tmp_path: Path, scope: Scope) -> None:
    """Of each operation, exactly the keys without its scope are refused; none is left out."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(url)
    found = asyncio.run(refused(url, scope))
    assert len(found) > 10
    for (method, path), was_refused in found.items():
        needed = [needs for begins, needs in NEEDED.items() if path.startswith(begins)]
        assert len(needed) == 1, f"{method} {path}: say in this test which scope it takes"
        assert was_refused == (scope != needed[0]), f"{method} {path} with {scope}"
