from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from kafka import KafkaConsumer, TopicPartition
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from detector.store.intake import Letter
from tests.support.stores import claimed, commit_of

if TYPE_CHECKING:
    from detector.store.interface import Store
    from tests.support.broker import Broker

GOOD = b'{"event_id":"e1","time":"2026-03-01T10:00:00.000Z","account_id":"acc-7"}'
BAN = b'{"kind":"ban","time":"2026-03-01T10:00:00.000Z","account_id":"acc-8"}'
BAD = b'\xff{"event_id":'


def run(*arguments: str) -> Result:
    """Run a command of the group."""
    return CliRunner().invoke(make_app(), ["dead-letters", *arguments])


def fill(store: Store, topic: str = "t") -> None:
    """Four letters: an event that is one now, a ban, one that is none still, and one without its record."""
    letters = [
        Letter(3, "bad_sketch", "sketch: made under another key; mend the key", GOOD),
        Letter(4, "bad_sketch", "sketch: made under another key; mend the key", BAN),
        Letter(5, "not_json", "record: no JSON; write one object a line", BAD),
        Letter(6, "not_json", "record: no JSON; write one object a line"),
    ]
    store.commit([commit_of(claimed(store, f"{topic}/1"), 9, letters=letters)], 17_000)


def test_letters_are_listed_without_their_records(store: Store, store_url: str) -> None:
    """As a table and as JSON lines, by reason and page by page."""
    fill(store)
    table = run("list", "--store", store_url, "--limit", "2")
    assert "t/1@3" in table.output
    assert "there may be more: --after 2" in table.output
    lines = run("list", "--store", store_url, "--reason", "not_json", "--json").output.splitlines()
    first, last = map(json.loads, lines)
    assert (first["number"], first["kept"], first["redriven"]) == (3, True, None)
    assert (last["origin"], last["position"], last["kept"]) == ("t/1", 6, False)
    assert "event_id" not in table.output + "".join(lines)


def test_letters_are_counted_by_reason(store: Store, store_url: str) -> None:
    """With what each reason means; none is told as none."""
    assert run("counts", "--store", store_url).output == "no dead letters\n"
    fill(store)
    assert "the record is not one complete JSON value" in run("counts", "--store", store_url).output
    assert json.loads(run("counts", "--store", store_url, "--json").output) == {
        "bad_sketch": 2,
        "not_json": 2,
    }


@pytest.mark.kafka
def test_records_go_back_to_their_partition_once(kafka_broker: Broker, store: Store, store_url: str) -> None:
    """Each under its account; what is no event still, and what was not kept, stays and is said."""
    topic = f"redriven-{store_url.partition(':')[0]}"
    kafka_broker.create_topic(topic, 4)
    fill(store, topic)
    options = ("redrive", "--store", store_url, "--brokers", kafka_broker.address)
    dry = run(*options, "--dry-run")
    assert "2 would be sent" in dry.output
    assert sent(kafka_broker, topic) == []
    first = run(*options)
    assert first.exit_code == 1
    assert "2 sent again" in first.output
    assert "1 left: no events still (not_json 1)" in first.output
    assert "run workers with --keep-payload" in first.output
    assert sent(kafka_broker, topic) == [(b"acc-7", GOOD), (b"acc-8", BAN)]
    again = run(*options, "--all", "--reason", "not_json")
    assert "1 sent again" in again.output
    assert sent(kafka_broker, topic)[2:] == [(f"{topic}/1".encode(), BAD)]
    assert [one.redriven is not None for one in store.letters(0, 9)] == [True, True, True, False]
    assert "0 sent again" in run(*options).output


def test_letters_without_records_need_no_broker(store: Store, store_url: str) -> None:
    """The remedy is said before anything is connected."""
    store.commit([commit_of(claimed(store), 1, letters=[Letter(0, "not_json", "record: no JSON")])], 1)
    result = run("redrive", "--store", store_url, "--brokers", "127.0.0.1:9")
    assert result.exit_code == 1
    assert "1 left: their records were not kept; run workers with --keep-payload" in result.output


def test_a_server_that_is_gone_is_told_plainly() -> None:
    """The address is named, without a traceback."""
    result = run("counts", "--store", "postgresql://me@127.0.0.1:9/x")
    assert result.exit_code == 2
    assert "see that the server runs" in " ".join(result.output.split())


@pytest.mark.parametrize("group", ["dead-letters", "store"])
def test_every_command_of_a_group_is_described(group: str) -> None:
    """docs/cli.md names each command and each of its options below the group's heading."""
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page.split(f"\n## stillwatch {group}\n", 1)[1].split("\n## ", 1)[0]
    root: Any = typer.main.get_command(make_app())
    for name, command in root.commands[group].commands.items():
        assert f"`stillwatch {group} {name}" in section
        options = {option for parameter in command.params for option in parameter.opts if option[:2] == "--"}
        assert {option for option in options - {"--help"} if option not in section} == set()


def sent(broker: Broker, topic: str) -> list[tuple[bytes, bytes]]:
    """Keys and values of the partition that the letters are of."""
    consumer = KafkaConsumer(bootstrap_servers=broker.address, auto_offset_reset="earliest")
    part = TopicPartition(topic, 1)
    consumer.assign([part])
    end = consumer.end_offsets([part])[part]
    found: list[tuple[bytes, bytes]] = []
    while len(found) < end:
        for records in consumer.poll(200).values():
            found += [(record.key, record.value) for record in records]
    consumer.close()
    return found
