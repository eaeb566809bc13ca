from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.hook.policy.reading import default_text
from tests.detector.hook.service import filled, key_id

if TYPE_CHECKING:
    from pathlib import Path

RUNNER = CliRunner()
BLOCKED = key_id("block")


@pytest.fixture
def url(tmp_path: Path, sqlite_template: Path) -> str:
    """A store with a verdict for each action."""
    shutil.copy(sqlite_template, tmp_path / "store.db")
    found = f"sqlite:///{tmp_path / 'store.db'}"
    filled(found)
    return found


def ran(*arguments: str, code: int = 0) -> str:
    """What a command prints."""
    result = RUNNER.invoke(make_app(), list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def test_a_policy_is_checked(tmp_path: Path) -> None:
    """A good one has an id; of a bad one the field and the remedy are shown."""
    path = tmp_path / "policy.toml"
    path.write_text(default_text())
    assert re.match(r"pol_[0-9a-f]{16}: 5 rules", ran("policy", "check", str(path)))
    path.write_text('[[rule]]\nname = "a"\naction = "ban"\nwhen = {}')
    said = " ".join(ran("policy", "check", str(path), code=2).split())
    assert "rule[0].action" in said
    assert "see docs/gateways.md" in said


def test_a_policy_is_tried_on_what_is_stored(tmp_path: Path, url: str) -> None:
    """Accounts by label and action, as the shipped policy has them."""
    path = tmp_path / "policy.toml"
    path.write_text(default_text())
    said = ran("policy", "test", str(path), "--store", url)
    (row,) = (line.split() for line in said.splitlines() if line.strip().startswith("distillation"))
    assert row == ["distillation", "0", "1", "1", "1", "1"]
    assert "is not there" in " ".join(
        ran("policy", "test", str(path), "--findings", str(tmp_path), code=2).split()
    )


def test_what_is_commanded_is_in_force_and_in_the_audit(tmp_path: Path, url: str) -> None:
    """Mode, policy, allow-list and undo, with who and why."""
    path = tmp_path / "policy.toml"
    path.write_text("rule = []\n")
    ran("policy", "set", str(path), "--why", "nothing for now", "--store", url)
    enforce = ("policy", "mode", "enforce", "--why", "sure", "--store", url)
    assert "--accept-uncalibrated" in ran(*enforce, code=2)
    ran(*enforce, "--accept-uncalibrated", "a trial")
    ran("policy", "allow", "acc-1", "--why", "partner", "--store", url)
    ran("policy", "undo", BLOCKED, "--why", "students", "--days", "2", "--store", url)
    shown = ran("policy", "show", "--store", url)
    assert "# mode: enforce" in shown
    assert "# allow: 'acc-1'\n" in shown
    assert f"# undo: '{BLOCKED}', until " in shown
    assert shown.endswith("rule = []\n")
    ran("policy", "allow", "acc-1", "--remove", "--why", "left", "--store", url)
    audit = [json.loads(line) for line in ran("policy", "audit", "--store", url).splitlines()]
    mode = "sure (accepted that nobody has said that the thresholds are calibrated: a trial)"
    assert [(one["kind"], one["why"]) for one in audit[1:]] == [
        ("policy", "nothing for now"), ("mode", mode), ("allow", "partner"), ("undo", "students"),
        ("allow", "left"),
    ]  # fmt: skip
    assert all(one["author"].endswith("(command line)") for one in audit[1:])


def test_an_undo_without_a_verdict_is_an_error(url: str) -> None:
    """Nothing is changed, so that a mistyped id does not seem to let anybody through."""
    said = ran("policy", "undo", "acct_nobody", "--why", "students", "--store", url, code=2)
    assert "nothing to undo: there is no verdict on 'acct_nobody'" in " ".join(said.split())
    assert "acct_nobody" not in ran("policy", "audit", "--store", url)
    assert "undo" not in ran("policy", "show", "--store", url)


def test_keys_are_made_listed_and_revoked(url: str) -> None:
    """The key is printed once; the list has no secret."""
    key = ran("keys", "create", "nginx", "--scope", "decide", "--hours", "1", "--store", url).strip()
    _, key_id, secret = key.split("_", 2)
    listed = ran("keys", "list", "--store", url)
    assert key_id in listed
    assert secret not in listed
    ran("keys", "revoke", key_id, "--store", url)
    assert key_id not in ran("keys", "list", "--store", url)
    assert "no live key has the id" in ran("keys", "revoke", key_id, "--store", url, code=2)
    ran("keys", "create", "nginx", "--scope", "root", "--store", url, code=2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--fail", "maybe"], "give open or closed"),
        (["--http", "nowhere"], "no address"),
        (["--tls-key", "k.pem"], "both --tls-certificate and --tls-key"),
        (["--http", "192.0.2.1:1", "--no-console"], "give a free address"),
        (["--http", "192.0.2.1:1"], "say --origin, or --no-console"),
        (["--body-limit", "64", "--flight-limit", "32"], "no such body would fit"),
        (["--run"], "--run needs --queue"),
        (["--token-issuer", "issuer.example"], "needs --token-origin"),
        (["--token-origin", "api.example"], "need --token-issuer"),
        (["--token-issuer", "a b", "--token-origin", "api.example"], "issuer name is no authority"),
    ],
)
def test_serve_says_what_is_wrong_with_its_options(url: str, options: list[str], said: str) -> None:
    """Before it serves anything."""
    output = ran("serve", "--store", url, "--metrics", "none", *options, code=2)
    assert said in " ".join(re.sub(r"[│╭╮╰╯─]", " ", output).split())
