"""Facts of accounts that models never see, read from a canonical log to slice figures by."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from streaming.files import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

UNKNOWN: Final = "unknown"
_LETTERS: Final = 200
"""Letters of a prompt that tell its writing system."""
_SYSTEMS: Final = {
    "CJK": "han", "HIRAGANA": "kana", "KATAKANA": "kana", "HANGUL": "hangul", "LATIN": "latin",
    "CYRILLIC": "cyrillic", "ARABIC": "arabic", "DEVANAGARI": "devanagari", "GREEK": "greek",
    "HEBREW": "hebrew", "THAI": "thai",
}  # fmt: skip
_VERSION: Final = re.compile(r"/v?\d.*$")


class _Event(msgspec.Struct):
    account_id: str
    org_id: str | None = None
    plan: str | None = None
    user_agent: str | None = None
    messages: msgspec.Raw = msgspec.Raw(b"")
    sketch: msgspec.Raw = msgspec.Raw(b"")


class _Message(msgspec.Struct):
    role: str = ""
    content: Any = None


def read_facts(logs: Sequence[str]) -> dict[str, dict[str, str]]:
    """Facts of each account by name, from its first request that says them; of canonical logs only."""
    found: dict[str, dict[str, str]] = {}
    decoder = msgspec.json.Decoder(_Event)
    for path in logs:
        for block in open_source([path]).blocks():
            for record in block.records:
                try:
                    event = decoder.decode(record)
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    continue
                _add(found.setdefault(event.account_id, {}), event)
    return found


def _add(facts: dict[str, str], event: _Event) -> None:
    for name, said in (("org", event.org_id), ("plan", event.plan), ("client", event.user_agent)):
        if said and name not in facts:
            facts[name] = client_of(said) if name == "client" else said
    if facts.get("privacy") != "content":
        _add_text(facts, event)


def _add_text(facts: dict[str, str], event: _Event) -> None:
    """The most telling level that any request had."""
    if _is_said(event.messages):
        facts["privacy"] = "content"
        facts["language"] = _language(bytes(event.messages))
    elif _is_said(event.sketch):
        facts["privacy"] = "sketch"
    else:
        facts.setdefault("privacy", "metadata")


def _is_said(raw: msgspec.Raw) -> bool:
    return bytes(raw) not in {b"", b"null"}


def client_of(user_agent: str) -> str:
    """The first product of a user agent without its version (RFC 9110, 10.1.5)."""
    return _VERSION.sub("", user_agent.split(" ", 1)[0])[:60] or UNKNOWN


def _language(messages: bytes) -> str:
    try:
        said = msgspec.json.decode(messages, type=list[_Message])
    except msgspec.MsgspecError:
        return UNKNOWN
    texts = [one.content for one in said if one.role == "user" and isinstance(one.content, str)]
    return writing_system(texts[-1]) if texts else UNKNOWN


def writing_system(text: str) -> str:
    """What most of the first letters of a text are written in; kana among ideographs is Japanese."""
    letters = [char for char in text if char.isalpha()][:_LETTERS]
    systems = Counter(_SYSTEMS.get(unicodedata.name(char, "").split(" ")[0], "other") for char in letters)
    if systems["kana"]:
        systems["kana"] += systems.pop("han", 0)
    return systems.most_common(1)[0][0] if systems else UNKNOWN
