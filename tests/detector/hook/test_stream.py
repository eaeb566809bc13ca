"""Decisions as a stream, for whoever begins, goes on or comes back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from detector.hook.controls import exemption
from detector.hook.stream import Pages, read_mark
from detector.hook.verdicts.subjects import digest_of
from detector.store.hook_records import Link
from tests.detector.hook.api import Api, concluded, run, running_api
from tests.detector.hook.made import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from detector.store.hook_records import ControlKind
    from detector.store.interface import Store


async def events(pages: AsyncIterator[bytes], number: int) -> list[tuple[str, Any]]:
    """The next few events of a stream, by kind and content."""
    found: list[tuple[str, Any]] = []
    while len(found) < number:
        text = (await asyncio.wait_for(anext(pages), 5)).decode()
        lines = dict(line.split(": ", 1) for line in text.strip().splitlines())
        found.append((lines["event"], msgspec.json.decode(lines["data"]) | {"id": lines.get("id")}))
    return found


def actions_of(page: Any) -> dict[str, str]:
    """What a page says is to be done."""
    return {one["account_id"]: one["action"] for one in page["verdicts"]}


def subjects_of(page: Any) -> dict[str, list[str]]:
    """What a page says of keys and end users."""
    return {one["account_id"]: one.get("subjects", []) for one in page["verdicts"]}


async def told(api: Api, mark: str | None) -> tuple[str, Any]:
    """The first event that somebody gets who comes with this id, by kind and content."""
    (found,) = await events(Pages(api.parts).follow(read_mark(mark)), 1)
    return found


def test_the_stream_begins_with_everything_and_goes_on_with_changes(store: Store) -> None:
    """Who comes back with the last id gets what changed since; after another policy, everything anew."""

    async def work(api: Api) -> None:
        feed, pages = api.parts.feed, Pages(api.parts)
        concluded(store, *((f"a{number}", 0.95) for number in range(501)), time=NOW)
        await feed.look()
        following = pages.follow(None)
        (_, first), (kind, second) = await events(following, 2)
        assert (kind, len(first["verdicts"]), len(second["verdicts"])) == ("snapshot", 500, 1)
        assert (first["more"], second["more"], first["id"]) == (True, False, None)
        assert second["verdicts"][0]["action"] == "challenge"
        concluded(store, ("a3", 0.99), ("new", 0.1), time=NOW + 1, tick=2)
        await feed.look()
        ((kind, delta),) = await events(following, 1)
        assert (kind, delta["id"]) == ("delta", f"{delta['version']}.0.{api.parts.followers.era}")
        assert [(one["account_id"], one["action"]) for one in delta["verdicts"]] == [
            ("a3", "block"), ("new", "degrade"),
        ]  # fmt: skip
        await following.aclose()
        ((kind, again),) = await events(pages.follow(read_mark(second["id"])), 1)
        assert (kind, again["verdicts"]) == ("delta", delta["verdicts"])
        await api.client.put("/v1/admin/undo/a3", json={"why": "test"})
        following = pages.follow(read_mark(delta["id"]))
        assert (await events(following, 1))[0][1]["verdicts"] == []
        await feed.look()
        ((kind, gone),) = await events(following, 1)
        assert (kind, gone["verdicts"], gone["deleted"]) == ("delta", [], ["a3"])
        await api.client.put("/v1/admin/policy", json={"policy": "rule = []", "why": "test"})
        await feed.look()
        assert [page["verdicts"] for _, page in await events(following, 2)] == [[], []]

    run(work, store)


def test_the_stream_tells_whose_keys_are_whose(store: Store) -> None:
    """Of accounts that are not simply allowed, and never by name; later links come to who comes back."""

    async def work(api: Api) -> None:
        feed, pages = api.parts.feed, Pages(api.parts)
        concluded(store, ("a", 0.99), ("b", 0.99), ("honest", 0.99), time=NOW)
        await api.client.put("/v1/admin/allow/honest", json={"why": "test"})
        store.link([Link("api_key", "k", "a"), Link("end_user", "u", "a"), Link("api_key", "h", "honest")])
        await feed.look()
        following = pages.follow(None)
        ((_, first),) = await events(following, 1)
        digests = [digest_of("end_user", "u").hex(), digest_of("api_key", "k").hex()]
        assert subjects_of(first) == {"a": digests, "b": []}
        assert '"u"' not in str(first)
        store.link([Link("api_key", "k", "b"), Link("api_key", "h2", "honest")])
        await feed.look()
        ((kind, delta),) = await events(following, 1)
        assert (kind, subjects_of(delta), delta["deleted"]) == (
            "delta",
            {"a": digests[:1], "b": digests[1:]},
            [],
        )
        for mark, told in ((first["id"], subjects_of(delta)), (delta["id"], {})):
            ((kind, again),) = await events(pages.follow(read_mark(mark)), 1)
            assert (kind, subjects_of(again), again["deleted"]) == ("delta", told, [])

    run(work, store)


@pytest.mark.parametrize("kind", ["allow", "undo", "allow_campaign"])
def test_who_comes_back_is_told_of_exemptions_that_ended(store: Store, kind: ControlKind) -> None:
    """Nobody commanded that, and the verdict is the one that it was."""

    async def work(api: Api) -> None:
        concluded(store, ("a", 0.99), time=NOW)
        subject = "c" if kind == "allow_campaign" else "a"
        store.control([exemption(kind, subject, NOW + 1000)], "test", "a test", NOW)
        await api.parts.feed.look()
        _, first = await told(api, None)
        assert actions_of(first) == {}
        api.clock.sleep(2)
        await api.parts.feed.look()
        event, again = await told(api, first["id"])
        assert (event, actions_of(again)) == ("snapshot", {"a": "block"})
        assert await told(api, again["id"]) == ("delta", again | {"verdicts": []})

    run(work, store)


def test_who_comes_back_is_told_of_accounts_found_to_be_of_an_organisation(store: Store) -> None:
    """One that is allow-listed: that it was listed is no news, and nor is the verdict."""

    async def work(api: Api) -> None:
        concluded(store, ("a", 0.99), time=NOW)
        store.control([exemption("allow_organisation", "good", None)], "test", "a test", NOW)
        await api.parts.feed.look()
        _, first = await told(api, None)
        assert actions_of(first) == {"a": "block"}
        store.keep_organisations({"a": "good", "without a verdict": "good"})
        await api.parts.feed.look()
        event, again = await told(api, first["id"])
        assert (event, actions_of(again)) == ("snapshot", {})
        store.keep_organisations({"another without a verdict": "good"})
        await api.parts.feed.look()
        assert await told(api, again["id"]) == ("delta", again)

    run(work, store)


def test_who_comes_back_is_told_of_keys_that_went_elsewhere(store: Store) -> None:
    """To an account that is in no entry; where more links came than are remembered, everything is sent."""

    async def work(api: Api) -> None:
        concluded(store, ("a", 0.99), time=NOW)
        store.link([Link("api_key", "k", "a")])
        await api.parts.feed.look()
        _, first = await told(api, None)
        assert subjects_of(first) == {"a": [digest_of("api_key", "k").hex()]}
        store.link([Link("api_key", "k", "fine")])
        await api.parts.feed.look()
        event, again = await told(api, first["id"])
        assert (event, subjects_of(again)) == ("delta", {"a": []})
        store.link([Link("api_key", f"other-{number}", "fine") for number in range(2)])
        await api.parts.feed.look()
        event, again = await told(api, first["id"])
        assert (event, subjects_of(again)) == ("snapshot", {"a": []})

    run(work, store, subjects=2)


def test_who_comes_to_another_process_is_sent_everything(store: Store) -> None:
    """It may not have seen what changed without a version; ids of other forms lead nowhere, too."""

    async def work(api: Api) -> None:
        concluded(store, ("a", 0.99), time=NOW)
        async with running_api(store, "feed") as other:
            await api.parts.feed.look()
            _, first = await told(api, None)
            for mark in (first["id"], str(first["version"]), f"{first['version']}.0", "", "x.0.a", "1.-1.a"):
                event, again = await told(other, mark)
                assert (event, actions_of(again)) == ("snapshot", {"a": "block"}), mark
            assert (await told(api, first["id"]))[0] == "delta"

    run(work, store)
