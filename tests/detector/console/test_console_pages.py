from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from detector.people.forms import FORM_BYTES
from detector.people.headers import POLICY
from detector.store.findings import MeasurementRecord, StoredVerdict, VerdictRecord
from tests.detector.console.hostile import BAD, Page, hostile_account, hostile_campaign
from tests.detector.console.office import SEEN, alert, grown, open_office, traffic
from tests.support.dossiers import account_dossier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detector.console.parts import ConsoleParts

EVERYWHERE = (
    "/console",
    "/console?span=month",
    "/console/queue",
    "/console/queue?queue=any&sort=last_seen",
    "/console/queue/rows",
    "/console/audit",
    "/console/settings",
    "/console/help",
    "/console/search?q=nothing",
)


def test_hostile_values_stay_text(url: str) -> None:
    """Whatever a log says, no page has a script, handler, style or link that is not ours."""

    async def main() -> None:
        async with open_office(url) as office:
            ids = office.alert(
                alert(BAD, "campaign"),
                alert(BAD),
                dossiers=[hostile_campaign(BAD), hostile_account(BAD)],
                measurements=[*grown("campaign", BAD), *grown("account", BAD)],
                series=traffic(),
            )
            browser = await office.signed_in("Ada", "admin")
            form = {"add_tag": BAD[:60], "version": "1", "why": BAD}
            for case_id in ids:
                assert (await browser.post(f"/console/cases/{case_id}/change", data=form)).status_code == 303
                await browser.post(f"/console/cases/{case_id}/comment", data={"text": BAD})
            allowed = {"kind": "snooze", "subject": f"account:{BAD}", "days": "7", "why": BAD}
            assert (await browser.post("/console/exceptions", data=allowed)).status_code == 303
            await browser.post("/console/views", data={"name": BAD[:60], "query": f"tag={quote(BAD[:60])}"})
            named = quote(BAD, safe="")
            subjects = [f"/console/{kind}/{named}" for kind in ("campaigns", "accounts")]
            objects = [f"/console/objects/head%3A{named}"]
            briefs = [f"/console/cases/{case_id}/brief" for case_id in ids]
            refused = [f"/console/queue?severity={named}", f"/console/accounts/no{named}"]
            for path in (*EVERYWHERE, *subjects, *objects, *briefs, *refused):
                reply = await browser.get(path)
                page = Page(reply.text)
                assert reply.status_code < 500, path
                assert (page.dangers, page.unescaped) == ([], False), path

    asyncio.run(main())


def test_pages_forbid_what_they_do_not_need(url: str) -> None:
    """Each page says that only our own files may load or run, and that nobody keeps it; so do refusals."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada")
            for path in (*EVERYWHERE, "/console/cases/none"):
                reply = await browser.get(path)
                assert reply.headers["content-security-policy"] == POLICY
                assert reply.headers["cache-control"] == "no-store"

    asyncio.run(main())


def test_nothing_is_shown_without_the_policy(url: str) -> None:
    """Whatever address answers with a page, the framework's included, says what may load on it."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada", "admin")
            pages = 0
            for path in addresses(office.app.routes):
                reply = await browser.get(path)
                if "html" in reply.headers.get("content-type", ""):
                    assert reply.headers["content-security-policy"] == POLICY, path
                    pages += 1
            assert pages > 5
            for path in ("/docs", "/docs/oauth2-redirect", "/redoc"):
                assert (await browser.get(path)).status_code == 404, path
            assert (await browser.get("/openapi.json")).json()["paths"]

    asyncio.run(main())


def test_an_address_with_a_slash_too_many_leads_to_nobody_else(url: str) -> None:
    """What the request says of its host and scheme is not where a browser goes on to."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada")
            named = {"Host": "evil.test"}
            reply = await browser.get("/console/", headers=named)
            assert (reply.status_code, reply.headers["location"]) == (303, "/console")
            for path in ("/console/queue/", "/login/", "/openapi.json/", "/v1/admin/mode/"):
                reply = await browser.get(path, headers=named)
                assert (reply.status_code, reply.headers.get("location")) == (404, None), path

    asyncio.run(main())


def test_a_refusal_leads_back_or_home(url: str) -> None:
    """To the page of ours that was left, if a browser names one."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada")
            for named, back in (
                ("https://stillwatch.test/console/audit?before=9", "/console/audit?before=9"),
                ("http://[x", "/console"),
                ("https://evil.test//evil.test/", "/console"),
            ):
                reply = await browser.get("/console/cases/none", headers={"Referer": named})
                assert (reply.status_code, f'href="{back}">' in reply.text) == (404, True), named

    asyncio.run(main())


def addresses(routes: Iterable[Any]) -> Iterator[str]:
    """Of everything that answers GET, those of the framework included."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from addresses(included.routes)
        elif "GET" in route.methods:
            yield re.sub(r"\{[^}]*\}", "1", route.path)


def test_forms_work_without_scripts(url: str) -> None:
    """A verdict by a plain form closes the case, says so on the next page, and its undo takes it back."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            browser = await office.signed_in("Ada")
            page = await browser.get("/console/accounts/acc-1")
            token = re.search(r'name="csrf" value="([^"]+)"', page.text)
            assert token is not None
            del browser.headers["X-CSRF-Token"]
            form = {"csrf": token[1], "version": "1", "verdict": "false_positive", "back": "/console/queue"}
            reply = await browser.post(f"/console/cases/{case_id}/change", data=form)
            assert (reply.status_code, reply.headers["location"]) == (303, "/console/queue")
            told = await browser.get("/console/queue")
            assert "Closed as false positive." in told.text
            assert "Closed as" not in (await browser.get("/console/queue")).text
            case = office.parts.desk.triage.case(case_id)
            assert (case.status, case.verdict) == ("closed", "false_positive")
            entry = re.search(r'name="entries" value="([^"]+)"', told.text)
            assert entry is not None
            await browser.post("/console/undo", data={"csrf": token[1], "entries": entry[1]})
            case = office.parts.desk.triage.case(case_id)
            assert (case.status, case.verdict) == ("new", None)

    asyncio.run(main())


def test_forms_are_bounded_and_of_one_kind(url: str) -> None:
    """Too long a one is refused, and so is one with files, whatever token comes along in the header."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada", "viewer")
            theme = {"theme": "dark", "back": "/console/help"}
            assert (await browser.post("/console/theme", data=theme)).status_code == 303
            assert (await browser.post("/console/theme")).status_code == 303
            long = await browser.post("/console/theme", data=theme | {"x": "x" * FORM_BYTES})
            files = await browser.post("/console/theme", data=theme, files={"x": b"x"})
            assert [long.status_code, files.status_code] == [413, 415]
            assert "set-cookie" not in {*long.headers, *files.headers}

    asyncio.run(main())


def test_two_people_do_not_overwrite_each_other(url: str) -> None:
    """A form that was made before somebody else's change is refused, and says so on a page."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            ada, bob = await office.signed_in("Ada"), await office.signed_in("Bob")
            form = {"version": "1", "verdict": "duplicate"}
            assert (await ada.post(f"/console/cases/{case_id}/change", data=form)).status_code == 303
            late = await bob.post(f"/console/cases/{case_id}/change", data=form | {"verdict": "undetermined"})
            assert late.status_code == 409
            assert "Changed by somebody else" in late.text
            assert office.parts.desk.triage.case(case_id).verdict == "duplicate"

    asyncio.run(main())


def test_a_list_is_polled_cheaply(url: str) -> None:
    """The rows have not changed until a case does, or a minute passes."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            browser = await office.signed_in("Ada")
            first = await browser.get("/console/queue/rows")
            seen = {"If-None-Match": first.headers["etag"]}
            assert (await browser.get("/console/queue/rows", headers=seen)).status_code == 304
            await browser.post(f"/console/cases/{case_id}/open")
            second = await browser.get("/console/queue/rows", headers=seen)
            assert (second.status_code, "Ada" in second.text) == (200, True)
            office.clock.sleep(61)
            later = await browser.get(
                "/console/queue/rows", headers={"If-None-Match": second.headers["etag"]}
            )
            assert later.status_code == 200

    asyncio.run(main())


def test_opening_takes_a_case_up(url: str) -> None:
    """Who opens what nobody has, has it; who only looks, or comes later, does not."""

    async def main() -> None:
        async with open_office(url) as office:
            [case_id] = office.alert(alert("acc-1"))
            eve = await office.signed_in("Eve", "viewer")
            assert "/open" not in (await eve.get("/console/accounts/acc-1")).text
            assert (await eve.post(f"/console/cases/{case_id}/open")).status_code == 403
            ada, bob = await office.signed_in("Ada"), await office.signed_in("Bob")
            shown = await ada.get("/console/accounts/acc-1")
            assert f'hx-post="/console/cases/{case_id}/open"' in shown.text
            assert office.parts.desk.triage.case(case_id).assignee is None
            assert "by opening it" in (await ada.post(f"/console/cases/{case_id}/open")).text
            await bob.post(f"/console/cases/{case_id}/open")
            assert _assignee(office.parts, case_id) == "Ada"

    asyncio.run(main())


def test_an_account_s_page_says_what_gateways_are_told(url: str) -> None:
    """Loading, then what the policy decides by the verdict, first in shadow and then enforced."""

    async def main() -> None:
        async with open_office(url) as office:
            office.alert(alert("acc-1"))
            browser, decider = await office.signed_in("Ada", "viewer"), office.parts.decider
            assert "verdicts are being loaded" in (await browser.get("/console/accounts/acc-1")).text
            decider.ready = True
            said = VerdictRecord("acc-1", "distillation", 0.97, "open", None, office.clock.at)
            decider.put(StoredVerdict(1, said))
            assert (
                "throttle <small>distillation; in shadow"
                in (await browser.get("/console/accounts/acc-1")).text
            )
            decider.mode = "enforce"
            assert "distillation; enforced" in (await browser.get("/console/accounts/acc-1")).text

    asyncio.run(main())


def test_many_are_changed_after_a_preview(url: str) -> None:
    """The preview counts what the change then changes; all of a query takes a senior analyst."""

    async def main() -> None:
        async with open_office(url) as office:
            ids = office.alert(*(alert(f"acc-{at}") for at in range(7)))
            ada, sue = await office.signed_in("Ada"), await office.signed_in("Sue", "senior")
            form = {"deed": "verdict:benign_positive", "query": "kind=account", "why": "ours"}
            named = form | {"case": ids[:2]}
            preview = await ada.post("/console/bulk/preview", data=named)
            assert "<b>2</b> cases" in preview.text
            assert (await ada.post("/console/bulk", data=named)).status_code == 303
            everything = form | {"everything": "1"}
            assert "<b>5</b> cases" in (await sue.post("/console/bulk/preview", data=everything)).text
            assert (await ada.post("/console/bulk", data=everything)).status_code == 403
            assert (await sue.post("/console/bulk", data=everything)).status_code == 303
            assert "5 cases changed." in (await sue.get("/console/queue")).text
            cases = [office.parts.desk.triage.case(one) for one in ids]
            assert {case.verdict for case in cases} == {"benign_positive"}

    asyncio.run(main())


def test_odd_ids_are_shown(url: str) -> None:
    """An account's id may hold slashes, dots and a NUL; its row and its page are shown."""

    async def main() -> None:
        async with open_office(url) as office:
            odd = "a/../b?c#d%2F \0"
            grew = [MeasurementRecord("account", odd, SEEN, 0.5, 1, 1, 1, None)]
            office.alert(alert(odd), dossiers=[account_dossier(odd)], measurements=grew)
            browser = await office.signed_in("Ada")
            assert (await browser.get("/console/queue")).status_code == 200
            page = await browser.get(f"/console/accounts/{quote(odd, safe='')}")
            assert (page.status_code, "Score over time" in page.text) == (200, True)
            assert (await browser.get("/v1/cases")).json()["items"]

    asyncio.run(main())


def test_a_line_break_belongs_to_an_id(url: str) -> None:
    """Within it or at its end; an honest account is not judged by the page of another."""
    ids = ["acc-1", "acc-1\n", "line\nbreak", "\n\r\n"]

    async def main() -> None:
        async with open_office(url) as office:
            grew = [MeasurementRecord("account", ids[0], SEEN, 0.5, 1, 1, 1, None)]
            office.alert(
                *(alert(one) for one in ids[:1]), dossiers=[account_dossier(ids[0])], measurements=grew
            )
            browser = await office.signed_in("Ada")
            other, addresses = (
                quote(ids[1], safe=""),
                ("/console/accounts", "/v1/accounts", "/v1/history/account"),
            )
            first = [await browser.get(f"{address}/acc-1") for address in addresses]
            assert [one.status_code for one in first] == [200, 200, 200]
            unknown = [await browser.get(f"{address}/{other}") for address in addresses]
            assert [one.status_code for one in unknown] == [404, 404, 200]
            assert (unknown[2].json(), first[2].json() == unknown[2].json()) == ({"items": []}, False)
            office.alert(*(alert(one) for one in ids[1:]), dossiers=[account_dossier(one) for one in ids[1:]])
            for one in ids:
                assert (await browser.get(f"/console/accounts/{quote(one, safe='')}")).status_code == 200
                shown = await browser.get(f"/v1/accounts/{quote(one, safe='')}")
                assert shown.json()["account_id"] == one

    asyncio.run(main())


def test_campaigns_and_objects_may_hold_line_breaks(url: str) -> None:
    """As accounts may."""

    async def main() -> None:
        async with open_office(url) as office:
            office.alert(alert("cmp\n1", "campaign"), dossiers=[hostile_campaign("cmp\n1")])
            browser = await office.signed_in("Ada")
            for path in (
                "/console/campaigns/cmp%0A1",
                "/v1/campaigns/cmp%0A1",
                "/v1/history/campaign/cmp%0A1",
            ):
                assert (await browser.get(path)).status_code == 200, path
            for path in ("/console/objects/head%3Aa%0Ab", "/v1/objects/head%3Aa%0Ab", "/v1/samples/a%0Ab"):
                assert (await browser.get(path)).status_code == 200, path
            assert (await browser.get("/console/campaigns/cmp%0A1%0A")).status_code == 404

    asyncio.run(main())


def test_searching_finds_by_name(url: str) -> None:
    """A whole id leads to its page, and the beginning of one to the cases of those that begin so."""

    async def main() -> None:
        async with open_office(url) as office:
            office.alert(alert("cmp_1", "campaign"), alert("acc-1"))
            browser = await office.signed_in("Ada", "viewer")
            asked = {"cmp_1": "/console/campaigns/cmp_1", "acc-1": "/console/accounts/acc-1"}
            for text, address in (*asked.items(), ("acc", "/console/queue?queue=any&subject=acc")):
                reply = await browser.get("/console/search", params={"q": text})
                assert reply.headers["location"] == address

    asyncio.run(main())


def _assignee(parts: ConsoleParts, case_id: str) -> str:
    return parts.desk.crew.names()[parts.desk.triage.case(case_id).assignee or ""]
