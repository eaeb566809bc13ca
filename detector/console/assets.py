"""Files that pages load: ours and the packaged htmx, each under an address that changes with its content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

PREFIX: Final = "/static"
FOREVER: Final = "public, max-age=31536000, immutable"
FRESH: Final = "no-cache"
_TYPES: Final = {
    ".css": "text/css",
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_HTMX: Final = "htmx/htmx.min.js"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file in memory."""

    body: bytes
    packed: bytes
    """gzip"""
    kind: str
    tag: str
    """of its content, as `ETag` and in its address"""


class Assets:
    """All files by path below PREFIX, under their plain name and under that of this release."""

    def __init__(self, files: Mapping[str, bytes], htmx: bytes, htmx_version: str) -> None:
        """Modules load each other by name, so all of ours share one folder, named by all their contents."""
        digest = hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files)))
        self._folder = digest.hexdigest()[:16]
        self._htmx = f"htmx-{htmx_version}.min.js"
        self._files = {name: _asset(name, body) for name, body in files.items()}
        self._files[self._htmx] = _asset(self._htmx, htmx)

    @property
    def htmx(self) -> str:
        """Address of htmx; its version is in it."""
        return f"{PREFIX}/{self._htmx}"

    def address(self, name: str) -> str:
        """Address of a file of ours. Raises `KeyError` for one that there is not."""
        _ = self._files[name]
        return f"{PREFIX}/{self._folder}/{name}"

    def find(self, path: str) -> tuple[Asset, str] | None:
        """The file at a path below PREFIX, and for how long it may be kept."""
        folder, _, name = path.rpartition("/")
        found = self._files.get(name)
        if found is None or folder not in ("", self._folder):
            return None
        return found, FOREVER if folder or name == self._htmx else FRESH


def load_assets() -> Assets:
    """As they are packaged."""
    ours = resources.files("detector.console") / "static"
    files = {one.name: one.read_bytes() for one in ours.iterdir() if _suffix(one) in _TYPES}
    htmx = resources.files("js_lib_htmx").joinpath("static", *_HTMX.split("/")).read_bytes()
    return Assets(files, htmx, version("django-js-lib-htmx"))


def _asset(name: str, body: bytes) -> Asset:
    kind = _TYPES[name[name.rindex(".") :]]
    packed = gzip.compress(body, mtime=0)
    return Asset(body, packed, f"{kind}; charset=utf-8", hashlib.sha256(body).hexdigest()[:32])


def _suffix(file: Traversable) -> str:
    return file.name[file.name.rfind(".") :]
