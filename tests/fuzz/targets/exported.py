"""What goes out about an account of any name: one line of CEF, one row of CSV, one pattern of STIX."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from html.parser import HTMLParser
from typing import Final

from detector.exports.cef import cef
from detector.exports.formats import exported
from detector.exports.sending.syslog_message import Header, framed
from tests.fuzz.parts import NOW
from tests.support.exported import finding_of

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FORMULA: Final = tuple("=+-@\t\r\n")
_KEYS: Final = re.compile(r"(?:^|[ |])(suid)=")
_PATTERN: Final = re.compile(r"\[user-account:user_id = '(?:[^'\\]|\\.)*'\]", re.DOTALL)


class _Tags(HTMLParser):
    """Which elements a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag, and the names of its attributes."""
        self.seen.append(" ".join([tag, *(name for name, _ in attrs)]))


def fuzz(data: bytes) -> None:
    """The bytes as the account's name."""
    name = data.decode("utf-8", "replace") or "-"
    finding = finding_of("account", subject=name)
    line = cef(finding)
    assert not _CONTROLS.search(line)
    assert len(_KEYS.findall(re.sub(r"\\.", "", line))) == 1
    sent = framed(Header(16, 4, NOW, name).line(line))
    length, _, rest = sent.partition(b" ")
    assert int(length) == len(rest)
    assert b"\n" not in sent
    rows = list(csv.reader(io.StringIO(exported(finding, "csv").decode(), newline=""), strict=True))
    assert [len(row) for row in rows] == [len(rows[0])] * 2
    assert not any(cell.startswith(_FORMULA) for cell in rows[1])
    bundle = json.loads(exported(finding, "stix"))
    patterns = [one["pattern"] for one in bundle["objects"] if one["type"] == "indicator"]
    assert len(patterns) == 1
    assert _PATTERN.fullmatch(patterns[0])
    for form in ("ocsf", "ecs", "json"):
        assert isinstance(json.loads(exported(finding, form)), dict)
    # Drawing its pictures takes longer than all else.
    if len(data) % 8 == 0:
        assert _tags(exported(finding, "report")) == _usual_tags()


@cache
def _usual_tags() -> list[str]:
    return _tags(exported(finding_of("account", subject="-"), "report"))


def _tags(page: bytes) -> list[str]:
    parser = _Tags()
    parser.feed(page.decode())
    parser.close()
    return parser.seen
