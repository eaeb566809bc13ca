from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
import schemathesis

from tests.detector.hook.service import HOST, Service, filled, new_service
from tests.support.openapi import ask_everything

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDLESS: Final = "/v1/decisions/stream"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Service]:
    """A service of this module alone: what is generated commands it."""
    folder = tmp_path_factory.mktemp("openapi")
    shutil.copy(sqlite_template, folder / "store.db")
    url = f"sqlite:///{folder / 'store.db'}"
    service = new_service(url, filled(url), folder / "service.log")
    service.start()
    yield service
    assert service.end() == 0
    assert "Traceback" not in service.log.read_text()


@pytest.fixture(scope="module")
def api_schema(fresh: Service) -> Any:
    """The document that the service shows, without the stream, which never ends."""
    return schemathesis.openapi.from_url(f"http://{HOST}:{fresh.port}/openapi.json").exclude(path=ENDLESS)


def test_nothing_that_is_sent_breaks_the_service(api_schema: Any, fresh: Service) -> None:
    """Whatever is made up after the document is answered as the document says, and never by a 5xx."""
    ask_everything(api_schema, {"x-stillwatch-key": fresh.key}, 10)
    time.sleep(0.5)
    asked = fresh.metric("stillwatch_hook_requests_total", gateway="native", action="allow")
    assert asked > 0


def test_every_operation_is_described(fresh: Service) -> None:
    """With a sentence, its answers, and the schemas of bodies."""
    status, document = fresh.get("/openapi.json")
    assert status == 200
    operations = [
        (path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()
    ]
    assert len(operations) > 20
    for path, method, one in operations:
        assert one["description"].endswith("."), (path, method)
        assert one["responses"], (path, method)
