from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from detector.people.headers import POLICY
from tests.detector.console.office import PASSWORD, open_office
from tests.detector.stream.proxy import Proxy

if TYPE_CHECKING:
    from tests.support.postgres import Postgres

_Asked = tuple[str, str, dict[str, str]]
_PAGES: Final = ("/console", "/console/queue", "/console/help", "/login", "/setup/link")


def test_a_store_that_is_away_is_told(postgres_server: Postgres, postgres_url: str) -> None:
    """Pages, signing in and the API say that the store does not answer, and when to ask again."""
    postgres_server.clean(postgres_url)

    async def main() -> None:
        with ExitStack() as between:
            proxy = between.enter_context(Proxy(postgres_server.folder))
            async with open_office(proxy.url(postgres_url)) as office:
                browser = await office.signed_in("Ada", "admin")
                between.close()
                form = {"name": "Ada", "password": PASSWORD}
                asked: list[_Asked] = [("GET", path, {}) for path in (*_PAGES, "/v1/cases")]
                for method, path, sent in (*asked, ("POST", "/login", form), ("POST", "/logout", {})):
                    reply = await browser.request(method, path, data=sent)
                    assert reply.status_code == 503, (path, reply.text)
                    assert reply.headers["retry-after"] == "5"
                    assert reply.json()["title"] == "Store does not answer"
                    if not path.startswith("/v1"):
                        assert reply.headers["content-security-policy"] == POLICY
                        assert reply.headers["cache-control"] == "no-store"

    asyncio.run(main())
