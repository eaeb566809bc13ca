from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.store.casework_schema import audit
from detector.store.hook_records import Control
from detector.store.opening import open_database, open_store, upgrade

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store in which somebody set the mode twice."""
    made = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(made)
    store = open_store(made)
    store.control([Control("mode", "", b'{"value":"enforce"}')], "ann", "calibrated", 5)
    store.control([Control("mode", "", b'{"value":"shadow"}')], "bob", "too strict", 6)
    store.close()
    return made


def run(*arguments: str) -> Result:
    """What the command says."""
    return CliRunner().invoke(make_app(["audit"]), ["audit", *arguments])


def test_an_audit_that_is_whole_gives_its_head(url: str) -> None:
    """Which, kept elsewhere, is found again."""
    first = run("verify", "--store", url)
    assert first.exit_code == 0, first.output
    assert "2 entries, each as it was written" in first.output
    head = first.output.split("head ", 1)[1].strip()
    assert run("verify", "--store", url, "--head", head).exit_code == 0
    other = run("verify", "--store", url, "--head", "3:" + "00" * 32)
    assert other.exit_code == 1
    assert "the chain ends at entry 2, and entry 3 is known" in other.output


def test_an_audit_that_was_changed_is_said_to_be(url: str) -> None:
    """With the entry, and an exit code for scripts."""
    database = open_database(url)
    with database.writing() as connection:
        connection.execute(update(audit).where(audit.c.number == 1).values(actor="eve"))
    database.close()
    found = run("verify", "--store", url)
    assert found.exit_code == 1
    assert "the audit is not whole: entry 1 was changed" in found.output


def test_the_audit_is_exported_line_by_line(url: str) -> None:
    """Oldest first, after a number that is given."""
    lines = [json.loads(line) for line in run("export", "--store", url).output.splitlines()]
    assert [(line["number"], line["actor"], line["after"]) for line in lines] == [
        (1, "ann", '{"value":"enforce"}'),
        (2, "bob", '{"value":"shadow"}'),
    ]
    assert lines[1]["previous"] == lines[0]["digest"]
    assert len(run("export", "--store", url, "--after", "1").output.splitlines()) == 1


def test_a_head_that_is_none_is_refused(url: str) -> None:
    """The message says where to get one."""
    found = run("verify", "--store", url, "--head", "x")
    assert found.exit_code == 2
    assert "as `stillwatch audit verify` printed it" in " ".join(found.output.split())
