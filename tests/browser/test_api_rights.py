from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

import httpx
import pytest

from detector.people.roles import PERSONAL, RIGHTS, ROLES, may

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.people.roles import Permission, Role
    from tests.support.console import Console

REFUSAL: Final = re.compile(r"lacks the permission (\w+)")
TAG: Final = "triage"
"""of the console's operations"""
UNKNOWN: Final = 401
FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True)
class Operation:
    """One of the document's."""

    method: str
    path: str
    is_console: bool

    def by(self, client: httpx.Client) -> httpx.Response:
        """The answer to somebody who sends nothing else."""
        return client.request(self.method, self.path)


@pytest.fixture(scope="module")
def callers(console: Console) -> Iterator[dict[Role, httpx.Client]]:
    """One of each role."""
    clients: dict[Role, httpx.Client] = {"service": _program(console)}
    for role in PERSONAL:
        console.person(role, role)
        clients[role] = _person(console, role)
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture(scope="module")
def operations(console: Console) -> list[Operation]:
    """Everything below `/v1` that the document tells; elsewhere gateways ask, and whoever fails is let by."""
    document = httpx.get(f"{console.origin}/openapi.json").json()
    return [
        Operation(method, re.sub(r"\{[^}]*\}", "account", path), TAG in one["tags"])
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if path.startswith("/v1/")
    ]


def test_each_role_is_refused_what_it_may_not(
    callers: dict[Role, httpx.Client], operations: list[Operation]
) -> None:
    """Of each operation, exactly the roles that lack its permission are refused; viewers change nothing."""
    met: set[Permission] = set()
    for asked in operations:
        if asked.is_console:
            refused = {role: _refusal(asked.by(client)) for role, client in callers.items()}
            needed = {permission for permission in refused.values() if permission is not None}
            assert len(needed) == 1 or (asked.method == "get" and not needed), (asked, refused)
            for permission in needed:
                lacking = {role for role in ROLES if not may(role, permission)}
                assert {role for role, one in refused.items() if one} == lacking, (asked, refused)
            met |= needed
    assert met >= {"triage", "except", "export", "reveal", "audit", "sinks", "people", "enforce"}


def test_a_session_is_no_key_of_a_gateway(
    callers: dict[Role, httpx.Client], operations: list[Operation]
) -> None:
    """Whoever sends nothing gets nowhere, and a session of an administrator only to the console."""
    with httpx.Client(base_url=callers["admin"].base_url) as nobody:
        for asked in operations:
            assert asked.by(nobody).status_code == UNKNOWN, asked
            assert (asked.by(callers["admin"]).status_code == UNKNOWN) != asked.is_console, asked


def test_rights_grow_from_role_to_role() -> None:
    """Whoever has a higher role may do all that a lower one may."""
    for lower, higher in pairwise(PERSONAL):
        assert RIGHTS[lower] < RIGHTS[higher]


def _refusal(reply: httpx.Response) -> Permission | None:
    found = REFUSAL.search(reply.text) if reply.status_code == FORBIDDEN else None
    return None if found is None else cast("Permission", found[1])


def _program(console: Console) -> httpx.Client:
    return httpx.Client(base_url=console.origin, headers={"X-Stillwatch-Key": console.key("triage")})


def _person(console: Console, role: Role) -> httpx.Client:
    kept = {one["name"]: one["value"] for one in console.session(role)["cookies"]}
    client = httpx.Client(base_url=console.origin, cookies=kept)
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/console/help").text)
    assert token is not None
    client.headers["X-CSRF-Token"] = token[1]
    return client
