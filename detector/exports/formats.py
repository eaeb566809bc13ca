"""The formats of a single finding, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from detector.exports.cef import cef
from detector.exports.ecs import ecs
from detector.exports.ocsf.event import detection_finding
from detector.exports.plain import plain
from detector.exports.report.page import report
from detector.exports.stix.bundle import bundle
from detector.exports.table import csv_chunks

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.exports.finding import Finding
    from detector.exports.stix.objects import Tlp

FormatName = Literal["ocsf", "stix", "cef", "ecs", "csv", "json", "report"]


@dataclass(frozen=True, slots=True)
class Format:
    """How to write a finding, and what the file is."""

    write: Callable[[Finding], bytes]
    media_type: str
    suffix: str


def _indented(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _stix(finding: Finding, tlp: Tlp) -> bytes:
    return msgspec.json.format(bundle(finding, tlp).encode(), indent=2) + b"\n"


FORMATS: Final[dict[FormatName, Format]] = {
    "ocsf": Format(lambda one: _indented(detection_finding(one)), "application/json", "ocsf.json"),
    "stix": Format(
        lambda one: _stix(one, "amber"),
        "application/stix+json;version=2.1",
        "stix.json",
    ),
    "cef": Format(lambda one: cef(one).encode() + b"\n", "text/plain; charset=utf-8", "cef"),
    "ecs": Format(lambda one: _indented(ecs(one)), "application/json", "ecs.json"),
    "csv": Format(lambda one: b"".join(csv_chunks([one])), "text/csv; charset=utf-8", "csv"),
    "json": Format(lambda one: _indented(plain(one)), "application/json", "json"),
    "report": Format(lambda one: report(one).encode("utf-8", "replace"), "text/html; charset=utf-8", "html"),
}


def exported(finding: Finding, name: FormatName, tlp: Tlp = "amber") -> bytes:
    """A whole document, as `FORMATS` has it; `tlp` is for STIX, which alone carries a marking."""
    return _stix(finding, tlp) if name == "stix" else FORMATS[name].write(finding)
