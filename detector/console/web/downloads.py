"""Documents that are saved and never shown as a page of ours, for they hold others' text."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response


def download(body: bytes, media_type: str, name: str) -> Response:
    """A file under a name."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(body, headers=headers, media_type=media_type)
