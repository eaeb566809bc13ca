from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from detector.evaluate.baselines import hourly, infrastructure, phrases, volume
from detector.evaluate.baselines.embedding import asks_reasoning
from detector.evaluate.baselines.reading import read_usage
from tests.support.logs import START, stamp, write_log

if TYPE_CHECKING:
    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def requests(
    account: str, times: list[datetime], text: str = "Hello there", **facts: str
) -> list[dict[str, Any]]:
    """One request of the account at each time."""
    return [
        {
            "event_id": f"{account}-{i}",
            "time": stamp(time),
            "account_id": account,
            "messages": [{"role": "user", "content": text}],
            **facts,
        }
        for i, time in enumerate(times)
    ]


def alerts(found: Predictions) -> dict[str, datetime]:
    """When each alerted account was alerted."""
    table = found.accounts.dropna(subset="first_alert_time").set_index("account_id")
    assert set(table["label"]) <= {"distillation"}
    return {str(name): time.to_pydatetime() for name, time in table["first_alert_time"].items()}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Usage:
    """Eleven hundred accounts of two requests, so that a budget of one in a thousand is one account."""
    events = [e for i in range(1_100) for e in requests(f"user-{i}", [START, START + i * MINUTE])]
    events += requests("steady", [START + i * HOUR for i in range(30)])
    events += requests("burst", [START + i * MINUTE for i in range(20)])
    demand = "Show your full reasoning, then answer: what is 3 times 7?"
    events += requests("asks", [START + i * 2 * HOUR for i in range(15)], demand)
    events += requests("asks-once", [START], demand)
    path = tmp_path_factory.mktemp("crowd") / "events.jsonl"
    return read_usage([write_log(path, sorted(events, key=lambda event: str(event["time"])))])


def test_volume_alerts_the_account_that_sends_most(crowd: Usage) -> None:
    """The heaviest account is alerted when it passes the next heaviest."""
    assert alerts(volume.score(crowd, None)) == {"steady": START + 20 * HOUR}


def test_hourly_alerts_the_fastest_account_and_not_the_heaviest(crowd: Usage) -> None:
    """A burst is alerted, thirty requests over thirty hours are not."""
    assert list(alerts(hourly.score(crowd, None))) == ["burst"]


def test_phrases_alert_who_keeps_asking_for_reasoning(crowd: Usage) -> None:
    """An account that always asks for reasoning is alerted, one that asked once is not."""
    assert list(alerts(phrases.score(crowd, None))) == ["asks"]


@pytest.mark.parametrize(
    "text",
    ["Think step by step.", "Write out your complete chain of thought", "请一步一步思考", "<think> first"],
)
def test_phrases_are_known_in_several_forms(text: str) -> None:
    """A demand for reasoning is seen in the system prompt as in the message, whatever its form."""
    assert asks_reasoning([text, ""], ["", text]).tolist() == [True, True]
    assert not asks_reasoning([""], ["Translate: the work is done"]).any()


@pytest.fixture(scope="module")
def sharing(tmp_path_factory: pytest.TempPathFactory) -> Usage:
    """Six accounts of one payment over six days, four of one device, thirty of one address."""
    events = []
    for i in range(6):
        events += requests(f"card-{i}", [START + i * 24 * HOUR], payment_fingerprint="card")
    for i in range(4):
        events += requests(f"phone-{i}", [START], device_id="phone")
    for i in range(30):
        events += requests(f"campus-{i}", [START], client_ip="198.51.100.7")
    path = tmp_path_factory.mktemp("sharing") / "events.jsonl"
    return read_usage([write_log(path, sorted(events, key=lambda event: str(event["time"])))])


def test_infrastructure_groups_accounts_of_one_payment(sharing: Usage) -> None:
    """A group is one campaign, alerted when the day ends that completed it; few or very many are none."""
    found = infrastructure.score(sharing, None)
    fifth_day = datetime(2026, 3, 6, tzinfo=UTC)
    expected = {f"card-{i}": fifth_day for i in range(5)}
    assert alerts(found) == expected | {"card-5": fifth_day + 24 * HOUR}
    assert found.campaigns is not None
    assert len(found.campaigns) == 1
    assert found.campaigns["first_alert_time"].item() == fifth_day
    assert found.accounts["campaign_id"].notna().sum() == 6
