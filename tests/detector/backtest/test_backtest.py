from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from detector.alert import timestamp
from detector.backtest.comparing import Tried, compare
from detector.backtest.known import Known, from_labels
from detector.backtest.page import as_html
from detector.backtest.running import Run, run
from detector.cli.app import make_app
from detector.hook.policy.holding import Rules
from detector.hook.policy.reading import default_text, read_policy
from detector.retrain.labels import Label
from tests.support.logs import Event, make_log, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from detector.backtest.results import Backtest
    from detector.cli.compose import Setup
    from detector.retrain.labels import Said
    from tests.support.replays import Replayer

MINUTES = 30.0


@pytest.fixture(scope="module")
def log() -> list[Event]:
    """Honest accounts and harvesting ones."""
    return make_log(3)


@pytest.fixture(scope="module")
def path(log: list[Event], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same in a file."""
    return write_log(tmp_path_factory.mktemp("log") / "log.jsonl", log)


@pytest.fixture(scope="module")
def usual(path: str, shipped: Setup) -> Run:
    """The log under the shipped model."""
    return run([path], shipped, lambda _: None)


@pytest.fixture(scope="module")
def known(path: str, usual: Run) -> Known:
    """What somebody said of most accounts."""
    said: dict[str, Said] = {
        name: "distillation" if name.startswith("pipe") else "benign" for name in usual.names
    }
    said["user-1"] = "authorised"
    del said["user-2"]
    labels = {name: Label(name, label, 1.0, "table", "ada", 0, 0) for name, label in said.items()}
    return from_labels(usual.names, [path], labels)


@pytest.fixture(scope="module")
def found(path: str, shipped: Setup, eager: Replayer, usual: Run, known: Known) -> Backtest:
    """The shipped model beside itself with a bar so low that honest accounts are alerted."""
    rules = Rules(read_policy(default_text()))
    low = run([path], eager.setup, lambda _: None)
    return compare(Tried(shipped, rules, usual), Tried(eager.setup, rules, low), known, MINUTES)


def test_what_is_alerted_is_what_a_replay_alerts(log: list[Event], eager: Replayer, path: str) -> None:
    """The same accounts from the same tick on, by their own alerts and their campaigns'."""
    there, here = eager(log), run([path], eager.setup, lambda _: None)
    first = {name: row["first_alert_time"] for name, row in there.accounts.items()}
    expected = {name: timestamp(round(at.timestamp() * 1000)) for name, at in first.items() if at}
    covered = zip(here.names, here.alerted_at.tolist(), strict=True)
    assert {name: timestamp(at) for name, at in covered if at} == expected
    raised = [one for one in there.alerts if one["revision"] == 1 and one["label"] == "distillation"]
    assert here.alerts.total() == len(raised) > 0


def test_leaks_are_the_answers_before_an_alert(log: list[Event], found: Backtest, usual: Run) -> None:
    """Counted anew from the log: answered requests that were there by the end of the tick of the alert."""
    at = dict(zip(usual.names, usual.alerted_at.tolist(), strict=True))
    tick = 300_000
    early = 0
    for event in log:
        if event["account_id"].startswith("pipe"):
            begun = round(_ms(event["time"]) + event["latency_ms"])
            end = (begun // tick + 1) * tick
            early += at[event["account_id"]] == 0 or end <= at[event["account_id"]]
    assert found.champion.leaked == early > 0


def test_a_lower_bar_finds_no_less_and_costs_more(found: Backtest) -> None:
    """More alerts, more hours, fewer leaks; the honest ones among them are told."""
    before, after = found.champion, found.candidate
    assert after.alerted >= before.alerted
    assert after.leaked <= before.leaked
    assert after.found + after.missed == before.found + before.missed == 4
    assert after.wrong > before.wrong == 0
    assert after.hours == (after.account_alerts + after.campaign_alerts) * MINUTES / 60
    assert len(found.only_candidate) == after.alerted - found.both
    assert found.only_champion == ()


def test_who_may_do_it_and_who_was_not_judged_is_not_wrong(found: Backtest) -> None:
    """An authorised account and one of which nobody said anything are counted apart."""
    after = found.candidate
    apart = {"user-1", "user-2"} & set(found.only_candidate)
    assert after.alerted == after.found + after.wrong + after.relays + len(apart)
    assert after.unjudged == len({"user-2"} & apart)


def test_slices_add_up(found: Backtest) -> None:
    """Of every dimension all accounts, and all leaks."""
    for dimension in {one.dimension for one in found.slices}:
        some = [one for one in found.slices if one.dimension == dimension]
        assert sum(one.accounts for one in some) == found.accounts
        assert sum(one.candidate for one in some) == found.candidate.alerted
        assert sum(one.champion_leaked for one in some) == found.champion.leaked
    names = {one.name for one in found.slices if one.dimension == "client"}
    assert {"OpenAI/Python", "curl"} <= names


def test_a_policy_is_tried_on_verdicts(found: Backtest) -> None:
    """Accounts by what it would do to them in the end, with their requests."""
    alerted = [one for one in found.actions if one.label == "distillation" and one.action != "allow"]
    assert sum(one.champion for one in alerted) >= 4
    assert all(one.champion_requests >= one.champion for one in found.actions)


def test_the_page_holds_what_the_log_says_as_text(found: Backtest) -> None:
    """No script, no outside resource, and a name that is markup stays text."""
    page = as_html(found)
    assert found.candidate.model_id in page
    assert "<script" not in page
    assert "://" not in page
    named = msgspec.structs.replace(found, only_candidate=("<b onload=x>",))
    assert "&lt;b onload=x&gt;" in as_html(named)


def test_an_empty_log_is_compared(shipped: Setup, tmp_path: Path) -> None:
    """Nothing is found, and nothing fails."""
    rules = Rules(read_policy(default_text()))
    path = write_log(tmp_path / "empty.jsonl", [])
    nothing = run([path], shipped, lambda _: None)
    tried = Tried(shipped, rules, nothing)
    found = compare(tried, tried, from_labels((), [path], {}), MINUTES)
    assert (found.accounts, found.champion.alerted, found.slices) == (0, 0, ())
    assert "Backtest" in as_html(found)


def command(*arguments: object) -> Result:
    """Run the command line; nothing unexpected may be raised."""
    result = CliRunner().invoke(make_app(["backtest"]), ["backtest", *(str(one) for one in arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_command_compares_a_policy(path: str, tmp_path: Path) -> None:
    """The model stays, the policy is another one, and labels come from a table."""
    (tmp_path / "policy.toml").write_text('[[rule]]\nname = "all"\naction = "block"\nwhen = {}\n')
    (tmp_path / "labels.csv").write_text("account_id,label\npipe-0,distillation\nuser-1,benign\n")
    options = ("--policy", tmp_path / "policy.toml", "--labels", tmp_path / "labels.csv")
    result = command(path, *options, "--html", tmp_path / "page.html", "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    assert (told["judged"], told["candidate"]["missed"], told["only_candidate"]) == (2, 0, [])
    blocked = [one for one in told["actions"] if one["action"] == "block"]
    assert sum(one["candidate"] for one in blocked) >= sum(one["champion"] for one in blocked)
    assert (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "nothing to try"),
        (("--policy", "p.toml", "--labels", "a.csv", "--truth", "w"), "give one of them"),
        (("--candidate", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_compared_is_told(path: str, options: tuple[str, ...], said: str) -> None:
    """With 2, before a log is replayed."""
    result = command(path, *options)
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())


def test_standard_input_is_refused() -> None:
    """It can be read once only."""
    result = command("-", "--policy", "p.toml")
    assert result.exit_code == 2
    assert "cannot be read twice" in " ".join(result.output.split())


def _ms(time: str) -> float:
    return datetime.fromisoformat(time).timestamp() * 1000
