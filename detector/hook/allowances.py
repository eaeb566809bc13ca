"""Who is allow-listed: by account, by campaign, by organisation, or whatever a detector says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.hook.controls import Exemptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detector.store.hook_records import ControlKind
    from detector.store.kept_records import Home


class Allowances:
    """In memory, of one decider. Accounts of an organisation are remembered once it is allow-listed."""

    def __init__(self) -> None:
        self.accounts = Exemptions()
        self._campaigns = Exemptions()
        self._organisations = Exemptions()
        self._detectors = Exemptions()
        self._by_kind: Final = {
            "allow": self.accounts,
            "allow_campaign": self._campaigns,
            "allow_organisation": self._organisations,
            "allow_detector": self._detectors,
        }
        self._homes: dict[str, str] = {}
        self.homes_read = 0
        """version of the last organisation of an account that was taken over"""

    @property
    def needs_homes(self) -> bool:
        """Whether it matters who is of which organisation."""
        return len(self._organisations) > 0

    def put(self, kind: ControlKind, subject: str, body: bytes | None) -> None:
        """Take over a control, of a kind that begins with `allow`."""
        if kind == "allow_organisation" and subject not in self._organisations:
            self.homes_read = 0
        self._by_kind[kind].put(subject, body)

    def take_homes(self, found: Iterable[Home]) -> None:
        """Take over organisations of accounts, in the order of their versions."""
        for home in found:
            self.homes_read = home.version
            if home.org_id in self._organisations:
                self._homes[home.account_id] = home.org_id
            else:
                self._homes.pop(home.account_id, None)

    def covers(self, account: str, campaign: str | None, label: str, now: int) -> bool:
        """Whether an account with this verdict is allow-listed now (ms)."""
        if self.accounts.covers(account, now):
            return True
        if campaign is not None and self._campaigns.covers(campaign, now):
            return True
        if self._detectors and self._detectors.covers(detector(campaign, label), now):
            return True
        home = self._homes.get(account) if self._homes else None
        return home is not None and self._organisations.covers(home, now)

    def ended(self, now: int) -> tuple[list[str], bool]:
        """Forget what is over: the accounts that were listed themselves, and whether others are affected."""
        wide = [part.ended(now) for kind, part in self._by_kind.items() if kind != "allow"]
        return self.accounts.ended(now), any(wide)


def detector(campaign: str | None, label: str) -> str:
    """The detector that spoke, as an allow-list names it: `campaign/…` or `account/…` and its label."""
    return f"{'account' if campaign is None else 'campaign'}/{label}"
