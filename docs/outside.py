"""Lets the site hold what lies outside of `docs/`: pages of the repository, and files that are linked to.

A hook of MkDocs. Pages keep the links that work in the repository; here they become those of the site.
"""

# ruff: noqa: INP001 - MkDocs loads it by its path

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

DOCS: Final = "docs/"
PAGES: Final = {
    "README.md": "index.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "models/default/README.md": "model-card.md",
    "client/README.md": "client.md",
}
"""Paths in the repository to those in the site."""
SOURCES: Final = {page: path for path, page in PAGES.items()}
LINK: Final = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\]\((?P<path>[^)\s#:]+)(?P<anchor>#[^)\s]*)?\)", re.DOTALL
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the other pages, then every file that a page links to."""
    root = Path(config.config_file_path).parent
    for path, page in PAGES.items():
        files.append(File.generated(config, page, abs_src_path=str(root / path)))
    linked = {path for file in files.documentation_pages() for path in _linked(file)}
    for path in sorted(linked - PAGES.keys()):
        if not path.startswith(DOCS) and (root / path).is_file():
            files.append(File.generated(config, _in_site(path), abs_src_path=str(root / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links of the repository into those of the site; what is in neither fails a strict build."""
    del config, files
    source = _in_repository(page.file.src_uri)

    def moved(found: re.Match[str]) -> str:
        if found["path"] is None:
            return found[0]
        return f"]({_in_site(_target(source, found['path']))}{found['anchor'] or ''})"

    return LINK.sub(moved, markdown)


def _linked(file: File) -> Iterator[str]:
    source = _in_repository(file.src_uri)
    for found in LINK.finditer(file.content_string):
        if found["path"] is not None:
            yield _target(source, found["path"])


def _target(source: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), link))


def _in_repository(page: str) -> str:
    return SOURCES.get(page, DOCS + page)


def _in_site(path: str) -> str:
    """All pages lie at the top of the site, so that this is the link as well."""
    return PAGES.get(path) or (path.removeprefix(DOCS) if path.startswith(DOCS) else f"files/{path}")
