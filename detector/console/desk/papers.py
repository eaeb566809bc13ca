"""What is known of accounts, campaigns and what they share; and samples, whose content is sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from detector.console.desk.errors import Missing, Senseless
from detector.dossier.sealing import SealError, reveal
from detector.store.audit_chain import append
from detector.store.audit_entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.console.desk.sources import Sources
    from detector.dossier.reading import Kind
    from detector.dossier.records import AccountDossier, CampaignDossier, Measurement, Sample, Sharing
    from detector.dossier.sealing import SampleKey
    from detector.people.guard import Visitor
    from detector.store.findings import VerdictRecord


class Papers:
    """`key` is None where this process has none; `now` tells ms of the clock."""

    def __init__(self, sources: Sources, key: SampleKey | None, now: Callable[[], int]) -> None:
        self._sources = sources
        self._key = key
        self._now = now

    def account(self, account_id: str) -> AccountDossier | None:
        """None where nothing was written of it."""
        return self._sources.dossiers.account(account_id) if _sound(account_id) else None

    def campaign(self, campaign_id: str) -> CampaignDossier | None:
        """None where nothing was written of it."""
        return self._sources.dossiers.campaign(campaign_id) if _sound(campaign_id) else None

    def history(self, kind: Kind, subject_id: str) -> list[Measurement]:
        """How it grew, oldest first."""
        return self._sources.dossiers.history(kind, subject_id) if _sound(subject_id) else []

    def sharing(self, object_id: str, limit: int) -> list[Sharing]:
        """Accounts that show an object, those of the highest score first."""
        return self._sources.dossiers.sharing(object_id, limit) if _sound(object_id) else []

    def verdict(self, account_id: str) -> VerdictRecord | None:
        """What the detector thinks of an account now."""
        found = self._sources.store.verdict_of(account_id) if _sound(account_id) else None
        return found.verdict if found else None

    def organisation(self, account_id: str) -> str | None:
        """Whose account it is, if events said so."""
        return self._sources.dossiers.organisation(account_id) if _sound(account_id) else None

    def samples(self, account_id: str) -> list[Sample]:
        """Requests that were kept, their content sealed."""
        return self._sources.dossiers.samples(account_id) if _sound(account_id) else []

    def reveal(self, who: Visitor, account_id: str, event_id: str, why: str) -> str:
        """The text of a sample; who asked and why is in the audit before it is shown.

        Raises `Missing` where there is none, `Senseless` without a reason.
        """
        why = why.strip()
        if not 0 < len(why) <= 2000 or "\0" in why or not _sound(why):  # noqa: PLR2004 - as other reasons
            raise Senseless("why is empty or too long; give a reason of at most 2,000 characters")
        found = next((one for one in self.samples(account_id) if one.event_id == event_id), None)
        if found is None or found.content is None or self._key is None:
            raise Missing("there is no content of this sample, or no key to read it; only facts are kept")
        self._tell(who, found, why)
        try:
            return reveal(found, self._key) or ""
        except SealError as error:
            raise Missing(str(error)) from None

    def _tell(self, who: Visitor, sample: Sample, why: str) -> None:
        said = msgspec.json.encode({"event_id": sample.event_id})
        entry = Entry(self._now(), who.user_id, "reveal", "account", sample.account_id, None, said, why)
        with self._sources.database.writing() as connection:
            append(connection, [entry])


def _sound(text: str) -> bool:
    """Whether a database can look for it."""
    return not any("\ud800" <= one <= "\udfff" for one in text)
