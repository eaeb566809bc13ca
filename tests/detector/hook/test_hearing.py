"""Verdicts by their topic, beside the store."""

from __future__ import annotations

import io
import time
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from detector.alert import timestamp
from detector.hook.applying import Applier
from detector.hook.auth.ring import KeyRing
from detector.hook.decision import Facts
from detector.hook.followers import Followers
from detector.store.findings import Findings, StoredVerdict, VerdictRecord
from detector.store.opening import open_store
from detector.stream.clock import SystemClock
from detector.telemetry.logs import open_logs
from streaming.kafka.output import KafkaOutput
from streaming.kafka_settings import KafkaSettings
from tests.detector.hook.made import Desk
from tests.detector.hook.running import PATIENCE, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.broker import Broker

TOPIC = "verdicts-heard"


def said(account: str, version: int, **changes: Any) -> dict[str, Any]:
    """What `run` sends: this account distils."""
    now = timestamp(SystemClock().now())
    return {
        "account_id": account, "label": "distillation", "score": 0.99, "status": "open", "campaign_id": "c",
        "time": now, "version": version, **changes,
    }  # fmt: skip


@pytest.mark.kafka
def test_what_the_topic_says_is_live_and_the_store_has_the_last_word(
    kafka_broker: Broker, tmp_path: Path
) -> None:
    """A verdict that the store has not said counts at once; what is no verdict is passed over."""
    kafka_broker.create_topic(TOPIC, 2)
    settings = KafkaSettings((kafka_broker.address,), (TOPIC,))
    options = ("--verdicts", TOPIC, "--brokers", kafka_broker.address)
    with serving(tmp_path, *options) as (base, _), KafkaOutput(settings, {}) as output:
        sink = output.topic(TOPIC)
        for version in count(1):
            # Again and again: before the process listens, nobody hears.
            sink.send("heard", {"no": "verdict"})
            sink.send("heard", said("heard", version))
            sink.flush()
            if asked(base, "heard") == "block":
                break
            assert version < 10 * PATIENCE, (tmp_path / "log").read_text()
            time.sleep(0.1)
        with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
            now = SystemClock().now()
            lease = store.lead("test", now, 60_000)
            assert lease is not None
            cleared = VerdictRecord("heard", "distillation", 0.1, "clear", None, now)
            store.conclude(lease, Findings(1, verdicts=[cleared]), now)
        end = time.monotonic() + PATIENCE
        while asked(base, "heard") != "allow":
            assert time.monotonic() < end
            time.sleep(0.05)


def test_nothing_is_heard_before_the_store_was_read() -> None:
    """Allow-lists and the mode are in the store; and what it said already is no news."""
    desk = Desk()
    with open_logs(io.StringIO()) as log:
        applier = Applier(desk.decider, KeyRing(desk.clock, required=False, rate=1.0), Followers(), log)
    heard = StoredVerdict(9, VerdictRecord("a", "distillation", 0.99, "open", "c", desk.clock.now()))
    desk.decider.ready = False
    assert applier.hear_verdicts([heard]) == 0
    desk.decider.ready = True
    assert applier.hear_verdicts([heard]) == 1
    assert applier.hear_verdicts([heard]) == 0
    assert desk.decider.decide(Facts(account_id="a")).action == "block"
    assert desk.decider.table.latest == 0


def asked(base: str, account: str) -> str:
    """What becomes of its requests."""
    return str(httpx.get(f"{base}/v1/decisions/{account}").json()["action"])
