from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from detector.casework.applying import PORTION
from detector.casework.bulk import BulkChanges
from detector.casework.records import Case, CaseQuery
from detector.console.schemas import CaseBody
from detector.dossier.sealing import NONCE, SampleKey
from detector.store.database import insert_all
from detector.store.dossier_schema import samples
from tests.detector.console.office import Office, alert, open_office
from tests.support.dossiers import account_dossier

if TYPE_CHECKING:
    import httpx


def test_following_cursors_lists_each_case_once(url: str) -> None:
    """Pages of any size, one after the other, are the whole list in its order, for each filter."""

    async def main() -> None:
        async with open_office(url) as office:
            office.alert(*(alert(f"acc-{at}", score=0.5 + at % 4 / 10) for at in range(11)))
            browser = await office.signed_in("Ada")
            for said in ({}, {"sort": "due"}, {"subject": "acc-1"}, {"any_queue": "true", "severity": "3"}):
                whole = await _ids(browser, said | {"limit": "500"})
                for limit in ("1", "3", "11"):
                    assert await _ids(browser, said | {"limit": limit}) == whole
            assert len(await _ids(browser, {})) == 11

    asyncio.run(main())


def test_a_version_guards_a_change(url: str) -> None:
    """A change under the case's ETag counts once; made on an older one it fails by its condition."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            browser, path = await office.signed_in("Ada"), f"/v1/cases/{case_id}"
            seen = {"If-Match": (await browser.get(path)).headers["etag"]}
            done = await browser.patch(path, json={"add_tags": ["vip"]}, headers=seen)
            assert (done.status_code, done.json()["case"]["tags"]) == (200, ["vip"])
            late = await browser.patch(path, json={"add_tags": ["later"]}, headers=seen)
            assert (late.status_code, late.headers["etag"]) == (412, done.headers["etag"])
            nonsense = await browser.patch(path, json={}, headers={"If-Match": "7"})
            assert nonsense.status_code == 400
            moved = await browser.patch(path, json={"status": "new"})
            assert moved.json()["entry"] is None

    asyncio.run(main())


def test_a_key_lets_nothing_be_done_twice(url: str) -> None:
    """The same request under one key answers the same and is done once; another one is refused."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            browser, path = await office.signed_in("Ada"), f"/v1/cases/{case_id}/comments"
            key = {"Idempotency-Key": "once"}
            first = await browser.post(path, json={"text": "look"}, headers=key)
            again = await browser.post(path, json={"text": "look"}, headers=key)
            assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
            assert again.headers["idempotent-replayed"] == "true"
            assert len((await browser.get(path)).json()["items"]) == 1
            other = await browser.post(path, json={"text": "another"}, headers=key)
            assert other.status_code == 422
            bob = await office.signed_in("Bob")
            assert (await bob.post(path, json={"text": "another"}, headers=key)).status_code == 201

    asyncio.run(main())


def test_a_replay_names_the_version_and_is_kept_nowhere(url: str) -> None:
    """The answer is the same in what guards the next change, and in what may store it."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            browser, path = await office.signed_in("Ada"), f"/v1/cases/{case_id}"
            key, change = {"Idempotency-Key": "once"}, {"add_tags": ["vip"]}
            first = await browser.patch(path, json=change, headers=key)
            assert (await browser.patch(path, json={"add_tags": ["later"]})).status_code == 200
            again = await browser.patch(path, json=change, headers=key)
            assert again.headers.pop("idempotent-replayed") == "true"
            assert (again.content, again.headers) == (first.content, first.headers)
            assert (again.headers["etag"], again.headers["cache-control"]) == ('"2"', "no-store")
            text = [
                await browser.post(
                    f"{path}/comments", json={"text": "x"}, headers=key | {"Idempotency-Key": "2"}
                )
                for _ in range(2)
            ]
            assert "etag" not in text[1].headers
            assert text[1].headers["cache-control"] == "no-store"

    asyncio.run(main())


def test_a_key_of_what_was_refused_may_be_used_again(url: str) -> None:
    """Nothing was done, so the key was not used; after a day a key is forgotten."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            browser, key = await office.signed_in("Ada"), {"Idempotency-Key": "again"}
            path = "/v1/exceptions"
            body = {"kind": "snooze", "scope": "account", "subject": "acc-1", "reason": "known"}
            assert (await browser.post(path, json=body, headers=key)).status_code == 400
            until = office.clock.at + 1000
            assert (await browser.post(path, json=body | {"until": until}, headers=key)).status_code == 201
            assert office.parts.desk.triage.case(case_id).queue == "snoozed"
            office.clock.sleep(25 * 3600)
            browser = await office.signed_in("Bob")
            text = {"text": "next day"}
            path = f"/v1/cases/{case_id}/comments"
            assert (await browser.post(path, json=text, headers=key)).status_code == 201

    asyncio.run(main())


def test_a_form_is_no_json(url: str) -> None:
    """With the session's token in it, it is let in, and then not understood."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada")
            form = {"csrf": browser.headers.pop("X-CSRF-Token"), "entries": "1"}
            reply = await browser.post("/v1/undo", data=form)
            assert (reply.status_code, reply.json()["type"]) == (400, "urn:stillwatch:problem:body")

    asyncio.run(main())


def test_bulk_does_what_the_preview_says_and_undo_takes_it_back(url: str) -> None:
    """As many cases are changed as were counted, and afterwards all are as they were."""

    async def main() -> None:
        async with open_office(url) as office:
            office.alert(alert("cmp_1", "campaign"), *(alert(f"acc-{at}") for at in range(6)))
            browser = await office.signed_in("Sue", "senior")
            before = _decided(office)
            asked = {"query": "kind=account"}
            count = (await browser.post("/v1/bulk/preview", json=asked)).json()["count"]
            change = {"status": "closed", "verdict": "duplicate", "add_tags": ["wave"]}
            done = (await browser.post("/v1/bulk", json=asked | {"change": change})).json()
            assert (count, done["changed"]) == (6, 6)
            undone = await browser.post("/v1/undo", json={"entries": done["entries"]})
            assert len(undone.json()["items"]) == 6
            assert _decided(office) == before
            both = await browser.post("/v1/bulk", json=asked | {"cases": ["x"], "change": {}})
            assert both.status_code == 400

    asyncio.run(main())


def test_many_cases_go_on_after_the_answer(url: str) -> None:
    """The first portion is changed at once; an address and a page tell of the rest."""

    async def main() -> None:
        async with open_office(url) as office:
            office.alert(*(alert(f"acc-{at}") for at in range(PORTION + 5)))
            browser = await office.signed_in("Sue", "senior")
            asked = {"query": "", "change": {"add_tags": ["wave"]}}
            reply = await browser.post("/v1/bulk", json=asked)
            assert reply.status_code == 202
            job_id = reply.json()["job_id"]
            found = (await browser.get(f"/v1/bulk/{job_id}")).json()
            assert (found["done"], found["total"], found["ended"]) == (PORTION, PORTION + 5, None)
            assert "Look again" in (await browser.get(f"/console/bulk/{job_id}")).text
            BulkChanges(office.database).step(job_id, office.clock.at)
            found = (await browser.get(f"/v1/bulk/{job_id}")).json()
            assert (found["changed"], found["ended"]) == (PORTION + 5, office.clock.at)
            assert found["entries"] in (await browser.get(f"/console/bulk/{job_id}")).text
            assert (await browser.get("/v1/bulk/blk_0")).status_code == 404

    asyncio.run(main())


def test_a_revealed_sample_is_in_the_audit(url: str) -> None:
    """Only who may, with a reason, reads a sample's text, and nothing keeps it; the audit says so first."""

    async def main() -> None:
        key = SampleKey.from_secret("a secret of the stream")
        sealed = key.seal("the prompt", "acc-1", "e1", bytes(NONCE))
        async with open_office(url, key) as office:
            office.alert(alert("acc-1"), dossiers=[account_dossier("acc-1")])
            row = {"account_id": "acc-1", "event_id": "e1", "time": 1, "facts": b"{}", "recorded": 1}
            with office.database.writing() as connection:
                insert_all(connection, samples, [row | {"content": sealed}])
            body = {"account_id": "acc-1", "event_id": "e1", "why": "is it a benchmark?"}
            ada, sue = await office.signed_in("Ada"), await office.signed_in("Sue", "senior")
            listed = (await ada.get("/v1/samples/acc-1")).json()["items"]
            assert [(one["has_content"], "content" in one) for one in listed] == [(True, False)]
            assert (await ada.post("/v1/reveal", json=body)).status_code == 403
            assert (await sue.post("/v1/reveal", json=body | {"why": " "})).status_code == 400
            shown = await sue.post("/v1/reveal", json=body)
            assert (shown.json(), shown.headers["cache-control"]) == ({"text": "the prompt"}, "no-store")
            page = await sue.post("/console/reveal", data=body)
            assert ("the prompt" in page.text, page.headers["cache-control"]) == (True, "no-store")
            said = office.parts.desk.trail.of("account", "acc-1")
            assert [(one.entry.action, one.entry.why) for one in said] == [("reveal", body["why"])] * 2

    asyncio.run(main())


def test_a_case_is_shown_whole() -> None:
    """The API shows each field of a case but those of how it is sorted and what it was at closing."""
    hidden = {"rank", "closed_label", "closed_score", "closed_severity"}
    assert set(Case.__slots__) - set(CaseBody.__struct_fields__) == hidden


def test_the_document_describes_the_api(url: str) -> None:
    """Every endpoint of the API is in the OpenAPI document, and whatever it refers to is there."""

    async def main() -> None:
        async with open_office(url) as office:
            document = (await office.browser().get("/openapi.json")).json()
            schemas = document["components"]["schemas"]
            referred = {one.rpartition("/")[2] for one in _references(document)}
            assert referred <= set(schemas)
            assert "/v1/cases/{case_id}" in document["paths"]
            assert not [path for path in document["paths"] if path.startswith("/console")]

    asyncio.run(main())


async def _ids(browser: httpx.AsyncClient, said: dict[str, str]) -> list[str]:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = said | ({"cursor": cursor} if cursor else {})
        page = (await browser.get("/v1/cases", params=asked)).json()
        found += [one["case_id"] for one in page["items"]]
        cursor = page["cursor"]
    return found


def _decided(office: Office) -> list[tuple[Any, ...]]:
    page = office.parts.desk.triage.page(CaseQuery(queue=None), None, 100)
    return [(one.case_id, one.status, one.verdict, one.queue, one.tags) for one in page.items]


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [one for inner in value.values() for one in _references(inner)]
    return [one for inner in value for one in _references(inner)] if isinstance(value, list) else []
