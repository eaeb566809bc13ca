"""Files that pages load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from detector.console.assets import PREFIX
from detector.hook.problems import Problem

if TYPE_CHECKING:
    from detector.console.assets import Assets


def router(assets: Assets) -> APIRouter:
    """Below `/static`; everybody may have them, for the page to sign in needs them."""
    made = APIRouter(prefix=PREFIX, include_in_schema=False)

    @made.get("/{path:path}")
    async def asset(request: Request, path: str) -> Response:
        found = assets.find(path)
        if found is None:
            raise Problem(404, "unknown", "Not known", "there is no such file; reload the page")
        file, kept = found
        tag = f'"{file.tag}"'
        headers = {"Cache-Control": kept, "ETag": tag, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.kind)
        return Response(file.body, headers=headers, media_type=file.kind)

    return made
