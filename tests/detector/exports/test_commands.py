from __future__ import annotations

import base64
import json
import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from detector.exports.assembly import Exports
from detector.exports.errors import ExportError
from detector.exports.formats import FORMATS
from detector.store.findings import VerdictRecord
from detector.store.opening import open_database
from tests.support.exported import NOW, alert_of, campaign_dossier, conclude, keep_dossier
from tests.support.exporting import Watch
from tests.support.receivers import http_receiver

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
ENVIRONMENT = {
    "STILLWATCH_EXPORT_SOC": SECRET,
    "STILLWATCH_EXPORT_NETWORKS": "127.0.0.0/8",
    "STILLWATCH_EXPORT_OPERATOR": "Acme AI",
}


@pytest.fixture
def url(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store in a file, and the environment of who sends."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    shutil.copy(sqlite_template, tmp_path / "store.db")
    return f"sqlite:///{tmp_path / 'store.db'}"


def run(url: str, *arguments: str) -> Result:
    """Run a command on the store."""
    return CliRunner().invoke(
        make_app(["exports", "export"]), [*arguments, "--store", url], env={"COLUMNS": "300"}
    )


def add(url: str, where: str, *more: str) -> Result:
    """A webhook."""
    settings = (f"url={where}", "secret=env:STILLWATCH_EXPORT_SOC", *more)
    given = [part for one in settings for part in ("--set", one)]
    return run(url, "exports", "add", "webhook", "--name", "soc", *given)


def test_a_sink_is_added_tried_and_removed(url: str) -> None:
    """The way of an operator, with what each step says."""
    with http_receiver() as receiver:
        assert "exports test soc" in add(url, receiver.url, "severity=2").output
        assert "sink soc took it" in run(url, "exports", "test", "soc").output
        said = json.loads(receiver.requests[0][2])
        assert said["data"]["finding_info"]["types"] == ["test"]
        assert said["data"]["resources"][0]["name"] == "Acme AI"
    listed = run(url, "exports", "list").output
    assert "env:STILLWATCH_EXPORT_SOC" in listed
    assert SECRET not in listed
    failed = run(url, "exports", "test", "soc")
    assert (failed.exit_code, "Connection refused" in failed.output) == (2, True)
    assert run(url, "exports", "remove", "soc").exit_code == 0
    assert "soc" not in run(url, "exports", "list").output


def test_findings_go_out_and_failures_are_retried(url: str) -> None:
    """What a process does beside its other work, and what an operator sees of it."""
    with http_receiver() as receiver, closing(open_database(url)) as database:
        add(url, receiver.url)
        conclude(url, alert_of())
        receiver.status = 404
        watch = Watch()
        exports = Exports(database, ENVIRONMENT, watch)
        assert [dict(one.results) for one in exports.step()] == [{"refused": 1}]
        shown = run(url, "exports", "deliveries", "--failed").output
        assert "answered 404" in shown
        receiver.status = 200
        assert "1 deliveries" in run(url, "exports", "retry", "1").output
        watch.now += 10**12
        assert [dict(one.results) for one in exports.step()] == [{"sent": 1}]
        exports.close()
    assert "answered" not in run(url, "exports", "deliveries", "--sink", "soc").output


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_finding_is_written_in_each_format(url: str, tmp_path: Path, name: str) -> None:
    """To a file or to standard output, by the campaign's id, the same bytes."""
    conclude(url, alert_of())
    with closing(open_database(url)) as database:
        keep_dossier(database, "campaign", "cmp_1", campaign_dossier())
    out = tmp_path / "out"
    assert run(url, "export", "cmp_1", "--format", name, "--out", str(out)).exit_code == 0
    printed = run(url, "export", alert_of().alert_id, "--format", name)
    assert printed.stdout_bytes == out.read_bytes()
    assert b"shared payment method" in out.read_bytes() or name == "ecs"


def test_a_marking_is_chosen(url: str) -> None:
    """STIX alone carries one."""
    conclude(url, alert_of())
    text = run(url, "export", "cmp_1", "--format", "stix", "--tlp", "red").output
    assert "TLP:RED" in text


def test_a_member_is_told_its_campaign(url: str) -> None:
    """One alert covers all members, and it is the campaign's."""
    conclude(url, alert_of(), verdicts=[VerdictRecord("acc-7", "distillation", 0.9, "open", "cmp_1", NOW)])
    result = run(url, "export", "acc-7")
    assert result.exit_code == 2
    assert "export cmp_1" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("exports", "add", "webhook", "--name", "soc", "--set", "url"), "KEY=VALUE"),
        (("exports", "add", "pager", "--name", "soc", "--set", "a=b"), "webhook, syslog, notify"),
        (("exports", "test", "nobody"), "there is none"),
        (("exports", "retry"), "give their numbers"),
        (("export", "nobody"), "no alert has this id"),
        (("export", "cmp_1", "--format", "pdf"), "ocsf, stix"),
        (("export", "cmp_1", "--format", "stix", "--tlp", "blue"), "clear, green"),
    ],
)
def test_what_is_wrong_is_told_plainly(url: str, arguments: Any, said: str) -> None:
    """With the remedy, and exit code 2."""
    result = run(url, *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_networks_that_are_none_stop_the_start(url: str) -> None:
    """Rather than every webhook."""
    with closing(open_database(url)) as database, pytest.raises(ExportError, match="write networks as"):
        Exports(database, {"STILLWATCH_EXPORT_NETWORKS": "everywhere"}, Watch())
