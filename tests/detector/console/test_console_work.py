from __future__ import annotations

import asyncio
from urllib.parse import quote

from detector.casework.statuses import VERDICTS
from tests.detector.console.office import alert, open_office, traffic


def test_precision_counts_what_was_judged_true_or_false(url: str) -> None:
    """Of one case under each verdict, two are true and one is false; the others count as neither."""

    async def main() -> None:
        async with open_office(url) as office:
            ids = office.alert(*(alert(f"acc-{at}") for at in range(len(VERDICTS))), series=traffic())
            browser = await office.signed_in("Ada")
            for case_id, verdict in zip(ids, VERDICTS, strict=True):
                body = {"status": "closed", "verdict": verdict}
                assert (await browser.patch(f"/v1/cases/{case_id}", json=body)).status_code == 200
            found = (await browser.get("/v1/overview")).json()
            [week] = found["precision"]
            assert (week["right"], week["judged"]) == (2, 3)
            assert week["low"] < 2 / 3 < week["high"]
            assert found["health"]["client_ip"] == 0.5
            assert found["health"]["content"] is None
            page = (await browser.get("/console")).text
            assert "2 of 3 judged alerts were true" in page

    asyncio.run(main())


def test_what_is_allowed_leaves_the_queue_until_it_is_taken_back(url: str) -> None:
    """A campaign that is allowed takes its case along, tells the hook, and comes back by itself."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("cmp_1", "campaign"))
            browser, triage = await office.signed_in("Ada"), office.parts.desk.triage
            form = {"kind": "allow", "subject": "campaign:cmp_1", "days": "", "why": "a partner's study"}
            reply = await browser.post("/console/exceptions", data=form)
            assert (reply.status_code, triage.case(case_id).queue) == (303, "allowed")
            [control] = office.store.controls(0, 10)
            assert (control.control.kind, control.control.subject) == ("allow_campaign", "cmp_1")
            page = await browser.get("/console/campaigns/cmp_1")
            assert "a partner&#39;s study" in page.text
            [made] = (await browser.get("/v1/exceptions")).json()["items"]
            await browser.post(f"/console/exceptions/{made['exception_id']}/end", data={})
            assert triage.case(case_id).queue == "open"

    asyncio.run(main())


def test_wide_exceptions_take_a_senior_analyst(url: str) -> None:
    """An analyst may except an account or a campaign, and neither make nor end what covers more."""

    async def main() -> None:
        async with open_office(url) as office:
            office.alert(alert("acc-1"))
            ada, sue = await office.signed_in("Ada"), await office.signed_in("Sue", "senior")
            wide = {"kind": "allow", "scope": "detector", "subject": "account/relay", "reason": "noise"}
            assert (await ada.post("/v1/exceptions", json=wide)).status_code == 403
            made = await sue.post("/v1/exceptions", json=wide)
            path = f"/v1/exceptions/{made.json()['exception_id']}"
            assert (await ada.delete(path)).status_code == 403
            assert (await sue.delete(path)).status_code == 200
            assert "detector:account" not in (await ada.get("/console/accounts/acc-1")).text
            assert "detector:account" in (await sue.get("/console/accounts/acc-1")).text

    asyncio.run(main())


def test_cases_are_merged_and_split(url: str) -> None:
    """A case that is merged is listed under the other, and stands by itself again once it is split off."""

    async def main() -> None:
        async with open_office(url) as office:
            one, other = office.alert(alert("acc-1"), alert("acc-2"))
            browser, triage = await office.signed_in("Ada"), office.parts.desk.triage
            form = {"version": "1", "into": other}
            assert (await browser.post(f"/console/cases/{one}/merge", data=form)).status_code == 303
            assert (triage.case(one).queue, triage.case(one).merged_into) == ("merged", other)
            assert "Split off again" in (await browser.get("/console/accounts/acc-1")).text
            await browser.post(f"/console/cases/{one}/split", data={"version": "2"})
            assert triage.case(one).queue == "open"
            nowhere = await browser.post(
                f"/console/cases/{one}/merge", data={"version": "3", "into": "alr_x"}
            )
            assert (nowhere.status_code, triage.case(one).queue) == (404, "open")

    asyncio.run(main())


def test_a_view_is_kept_under_its_name(url: str) -> None:
    """Filters are saved as they are in the address, shared or not, and only their owner deletes them."""

    async def main() -> None:
        async with open_office(url) as office:
            ada, bob = await office.signed_in("Ada"), await office.signed_in("Bob")
            for name, shared in (("mine", ""), ("ours", "1")):
                form = {"name": name, "query": "kind=campaign&assignee=me", "shared": shared}
                assert (await ada.post("/console/views", data=form)).status_code == 303
            seen = [view["name"] for view in (await bob.get("/v1/views")).json()["items"]]
            assert seen == ["ours"]
            assert "kind=campaign&amp;assignee=me" in (await bob.get("/console/queue")).text
            assert (await bob.post("/console/views/delete", data={"name": "ours"})).status_code == 404
            assert (await ada.post("/console/views/delete", data={"name": "ours"})).status_code == 303

    asyncio.run(main())


def test_the_api_reaches_views_of_any_name(url: str) -> None:
    """Those that a form saved as well, whatever stands in their names."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada")
            for name in ("a/b", "/", "a/../b", "two\nlines", "what? 50% #1"):
                path = f"/v1/views/{quote(name, safe='')}"
                assert (await browser.post("/console/views", data={"name": name})).status_code == 303
                kept = await browser.put(path, json={"query": "kind=campaign", "shared": True})
                assert (kept.status_code, kept.json().get("name")) == (200, name)
                [view] = (await browser.get("/v1/views")).json()["items"]
                assert (view["name"], view["shared"]) == (name, True)
                assert (await browser.delete(path)).status_code == 204
                assert (await browser.get("/v1/views")).json()["items"] == []

    asyncio.run(main())


def test_cases_go_only_to_who_may_work_on_them(url: str) -> None:
    """Nobody is assigned who is unknown, disabled or a viewer."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            browser = await office.signed_in("Ada")
            eve, bob = office.person("Eve", "viewer"), office.person("Bob")
            for user_id, status in (("usr_none", 400), (eve.user_id, 400), (bob.user_id, 200), ("", 200)):
                reply = await browser.patch(f"/v1/cases/{case_id}", json={"assignee": user_id})
                assert reply.status_code == status

    asyncio.run(main())


def test_an_export_is_a_file(url: str) -> None:
    """Each format is saved under the case's name and never shown as a page of ours; viewers get none."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            browser, eve = await office.signed_in("Ada"), await office.signed_in("Eve", "viewer")
            for name in ("ocsf", "stix", "cef", "ecs", "csv", "json", "report"):
                reply = await browser.get(f"/console/export/{case_id}?format={name}")
                assert reply.status_code == 200, name
                assert reply.headers["content-disposition"].startswith("attachment;"), name
            assert (await browser.get(f"/console/export/{case_id}?format=exe")).status_code == 400
            assert (await eve.get(f"/console/export/{case_id}?format=csv")).status_code == 403

    asyncio.run(main())
