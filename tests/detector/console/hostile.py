"""Values as an attacker would choose them, in every field of a log, and what pages make of them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

from detector.dossier.records import (
    CampaignDossier,
    LinkedObject,
    MemberShown,
    Moment,
    Pointer,
    ShownObject,
    Weighed,
)
from tests.detector.console.office import SEEN
from tests.support.dossiers import account_dossier

if TYPE_CHECKING:
    from detector.dossier.records import AccountDossier

BAD: Final = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}{% x %}javascript:alert(3)"
_LEADING: Final = ("href", "src", "action", "formaction", "hx-get", "hx-post")


def hostile_campaign(campaign_id: str) -> CampaignDossier:
    """All text is hostile."""
    return CampaignDossier(
        campaign_id=campaign_id,
        time=SEEN,
        label="distillation",
        status=BAD,
        score=0.98,
        sentence=BAD,
        accounts=3,
        requests=4000,
        answered=3900,
        leaked=2500,
        first_seen=SEEN - 86_400_000,
        last_seen=SEEN,
        first_alert=SEEN,
        action=BAD,
        techniques=(BAD,),
        indicators=(Pointer(BAD, BAD),),
        against=(Pointer(BAD, BAD),),
        objects=(LinkedObject(f"head:{BAD}", BAD, 3, 1, 300, 2.0),),
        members=(
            MemberShown(BAD, 0.9, 100, 90, SEEN, SEEN, (0,)),
            MemberShown("other", 0.9, 9, 9, SEEN, 0, (0,)),
        ),
        template=(BAD,),
        infrastructure=(ShownObject(f"network:{BAD}", BAD, 30, 12),),
        moments=(Moment(SEEN, "ban", BAD),),
        merged=(BAD,),
        split_from=BAD,
    )


def hostile_account(account_id: str) -> AccountDossier:
    """All text is hostile."""
    return account_dossier(
        account_id,
        campaign_id=BAD,
        model_id=BAD,
        label=BAD,
        features=(Weighed(BAD, 1.0, 0.5, 0.1, 0.2, 0.9),),
        objects=(ShownObject(f"head:{BAD}", BAD, 3, 7),),
        facts={BAD: BAD},
        against=(Pointer(BAD, BAD),),
    )


class Page(HTMLParser):
    """What of a page would run, or lead elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.unescaped = "<script>alert" in text or "<img src=x" in text or text == "49"
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Every element of the page."""
        named: dict[str, Any] = dict(attrs)
        if tag == "script" and not str(named.get("src", "")).startswith("/static/"):
            self.dangers.append("script")
        if tag in ("img", "iframe", "object", "embed", "style", "base"):
            self.dangers.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.dangers.append(name)
            if name in ("href", "src", "action", "hx-get", "hx-post") and not str(value).startswith(
                ("/", "#", "?")
            ):
                self.dangers.append(f"{name}={value}")
