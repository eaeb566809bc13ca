from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.detector.hook.service import HOST, Service, filled, new_service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
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
    for found in api_schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=10, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def tried(case: Any) -> None:
            case.call_and_validate(headers={"x-stillwatch-key": fresh.key}, checks=CHECKS)

        tried()
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
