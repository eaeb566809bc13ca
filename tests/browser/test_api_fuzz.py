from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import httpx
import pytest
import schemathesis

from tests.detector.console.office import alert
from tests.support.case_store import add_findings
from tests.support.exported import account_dossier, campaign_dossier
from tests.support.openapi import ask_everything

if TYPE_CHECKING:
    from tests.support.console import Console

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
    document = schemathesis.openapi.from_url(f"{console.origin}/openapi.json").include(tag=TAG)
    assert ask_everything(document, admin, 8) > 20
