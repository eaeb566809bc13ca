from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from tests.detector.hook.running import serving

if TYPE_CHECKING:
    from pathlib import Path


def test_a_load_balancer_may_ask_for_the_head_alone(tmp_path: Path) -> None:
    """It is that of GET, and the connection goes on; what never ends, or ends with its use, has none."""
    with serving(tmp_path) as (address, _), httpx.Client(base_url=address) as client:
        for path in ("/healthz", "/openapi.json"):
            whole, head = client.get(path), client.head(path)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["content-type"] == whole.headers["content-type"]
            assert int(head.headers["content-length"]) > 0
        assert client.head("/console").status_code == client.get("/console").status_code
        for path in ("/v1/decisions/stream", "/v1/decide", "/login/demo/a"):
            assert client.head(path).status_code in {404, 405}, path
        assert client.post("/v1/decide", json={"account_id": "a"}).json()["action"] == "allow"
