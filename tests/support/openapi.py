"""Asking for whatever a document of an API allows, made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


def ask_everything(document: Any, headers: Mapping[str, str], examples: int) -> int:
    """Ask so often for each operation; each answer must be as the document says. How many operations."""
    found = [one.ok() for one in document.get_all_operations()]
    for operation in found:

        @settings(max_examples=examples, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        asked()
    return len(found)
