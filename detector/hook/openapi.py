"""The OpenAPI document: FastAPI's, with the schemas of bodies that msgspec reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from fastapi.openapi.utils import get_openapi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

_REF: Final = "#/components/schemas/{name}"


def document(app: FastAPI, kinds: Sequence[type[Any]]) -> dict[str, Any]:
    """The document of an app whose operations refer to `kinds`; each schema stands under its type's name."""
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    _, schemas = msgspec.json.schema_components(kinds, ref_template=_REF)
    components = made.setdefault("components", {})
    components.setdefault("schemas", {}).update(schemas)
    components["securitySchemes"] = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Stillwatch-Key"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    made["security"] = [{"key": []}, {"bearer": []}]
    return made
