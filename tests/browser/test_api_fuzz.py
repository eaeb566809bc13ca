from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.detector.console.office import alert
from tests.support.case_store import add_findings
from tests.support.exported import account_dossier, campaign_dossier

if TYPE_CHECKING:
    from tests.support.console import Console

CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
TAG: Final = "triage"
"""of the console's operations"""


@pytest.fixture(scope="module")
def admin(console: Console) -> dict[str, str]:
    """Headers of somebody who may do everything, in a store with something in it."""
    add_findings(
        console.store_url,
        [alert("acc-1"), alert("cmp_1", "campaign")],
        [account_dossier("acc-1"), campaign_dossier()],
    )
    console.person("Ada", "admin")
    cookies = {one["name"]: one["value"] for one in console.session("Ada")["cookies"]}
    page = httpx.get(f"{console.origin}/console/help", cookies=cookies).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRF-Token": token[1],
    }


def test_nothing_that_is_sent_breaks_the_api(console: Console, admin: dict[str, str]) -> None:
    """Whatever is made up after the document is answered as the document says, and never by a 5xx."""
    document: Any = schemathesis.openapi.from_url(f"{console.origin}/openapi.json").include(tag=TAG)
    found = [one.ok() for one in document.get_all_operations()]
    assert len(found) > 20
    for operation in found:

        @settings(max_examples=8, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def tried(case: Any) -> None:
            case.call_and_validate(headers=admin, checks=CHECKS)

        tried()
