from __future__ import annotations

import re
import subprocess
import textwrap
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from tests.detector.hook.gateways.model import program
from tests.docs.written import ROOT, pages

if TYPE_CHECKING:
    from pathlib import Path

MARKED: Final = re.compile(
    r"^<!-- (?P<what>[^\n]+?) -->\n```[a-z]*\n(?P<block>.*?)^```", re.DOTALL | re.MULTILINE
)
INTEGRATIONS: Final = (ROOT / "docs/integrations.md").read_text(encoding="utf-8")


def shown() -> list[Any]:
    """Blocks that say which file they are a part of, with the file."""
    found = [
        (page.name, one["what"].removeprefix("from "), one["block"])
        for page in pages()
        for one in MARKED.finditer(page.read_text(encoding="utf-8"))
        if one["what"].startswith("from ")
    ]
    return [pytest.param(path, block, id=f"{page}: {path}") for page, path, block in found]


@pytest.mark.parametrize(("path", "block"), shown())
def test_a_block_is_a_part_of_the_file_that_it_names(path: str, block: str) -> None:
    """Line by line, but for how far it is indented: what is read is what the tests run."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    said = textwrap.dedent(block).splitlines()
    parts = ("\n".join(lines[at : at + len(said)]) for at in range(len(lines)))
    assert any(textwrap.dedent(part).splitlines() == said for part in parts)


def test_every_shipped_configuration_is_named() -> None:
    """A file for a gateway that we ship is on the page of integrations."""
    folders = [ROOT / "deploy" / name for name in ("nginx", "envoy", "litellm", "caddy")]
    shipped = [path.relative_to(ROOT) for folder in folders for path in folder.glob("*")]
    assert [str(path) for path in shipped if not {str(path), str(path.parent)} & named()] == []


def named() -> set[str]:
    """Files and folders that the page names."""
    return set(re.findall(r"deploy/[\w./-]*\w", INTEGRATIONS))


def test_yaml_can_be_read() -> None:
    """Each block of YAML is one document with something in it."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", INTEGRATIONS, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 3
    assert all(yaml.safe_load(block) for block in blocks)


def test_the_configuration_of_nginx_is_one(tmp_path: Path) -> None:
    """The program reads the page's block with our three files beside it."""
    (found,) = [one["block"] for one in MARKED.finditer(INTEGRATIONS) if one["what"] == "nginx"]
    for path in (ROOT / "deploy/nginx").glob("*.conf"):
        text = path.read_text(encoding="utf-8").replace("/var/log/nginx", str(tmp_path))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "stillwatch-key.conf").write_text('set $stillwatch_key "swk_a_b";\n', encoding="utf-8")
    main = tmp_path / "nginx.conf"
    main.write_text(f"pid {tmp_path}/pid; events {{}}\n{found}", encoding="utf-8")
    command = [
        program("nginx"),
        "-t",
        "-q",
        "-e",
        str(tmp_path / "errors"),
        "-p",
        str(tmp_path),
        "-c",
        str(main),
    ]
    assert subprocess.run(command, check=False, timeout=20).returncode == 0
