"""The audit as JSON lines, which whoever gets them can verify as well."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detector.store.audit_entry import Recorded


def to_json(found: Recorded) -> dict[str, Any]:
    """An entry with its digests as hex; what changed as the text that the digest covers."""
    entry = found.entry
    return {
        "number": found.number,
        "time": entry.time,
        "actor": entry.actor,
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "before": _text(entry.before),
        "after": _text(entry.after),
        "why": entry.why,
        "previous": found.previous.hex(),
        "digest": found.digest.hex(),
    }


def to_line(found: Recorded) -> str:
    """A line of the export, without its end."""
    return json.dumps(to_json(found), ensure_ascii=False)


def _text(body: bytes | None) -> str | dict[str, str] | None:
    if body is None:
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}
