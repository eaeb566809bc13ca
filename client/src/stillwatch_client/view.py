"""Verdicts by account, and the accounts of keys and end users."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stillwatch_client.decision import Verdict


def digest_of(kind: Literal["api_key", "end_user"], subject: str) -> str:
    """The name of a key or an end user in the feed, which tells nobody who it is."""
    return sha256(f"{kind}\0{subject}".encode("utf-8", "surrogatepass")).digest()[:16].hex()


class View:
    """At most `most` verdicts other than `allow`, and at most so many keys and end users.

    One thread writes; any thread may read at any time, since each step is one operation of a dictionary.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._verdicts: dict[str, Verdict] = {}
        self._links: dict[str, str] = {}
        """accounts by the digest of a key or an end user"""
        self.complete = True
        """whether nothing had to be left out"""

    def __len__(self) -> int:
        return len(self._verdicts)

    def find(self, account: str | None, api_key: str | None, end_user: str | None) -> Verdict | None:
        """The verdict on the account, else on the key; on the end user where neither is named.

        A key, which is a hash, may itself be the scored account. An end user's id is the customer's to
        choose: it is never taken for an account of the same name, nor held against who is named beside it.
        """
        if account is not None and (verdict := self._verdicts.get(account)) is not None:
            return verdict
        if api_key is not None:
            return self._linked("api_key", api_key) or self._verdicts.get(api_key)
        return None if end_user is None or account is not None else self._linked("end_user", end_user)

    def put(self, verdict: Verdict) -> bool:
        """Take a verdict in; False where there is no room for all of it."""
        account = verdict.account_id
        if verdict.action == "allow":
            self.remove(account)
            return True
        old = self._verdicts.get(account)
        if old is None and len(self._verdicts) >= self._most:
            return False
        # In its place and not anew: a reader in between must not see an account without a verdict.
        self._verdicts[account] = verdict
        if old is not None:
            kept = frozenset(verdict.subjects)
            self._unlink((subject for subject in old.subjects if subject not in kept), account)
        return self._link(verdict.subjects, account)

    def remove(self, account: str) -> None:
        """Forget an account's verdict, if there is one."""
        verdict = self._verdicts.pop(account, None)
        if verdict is not None:
            self._unlink(verdict.subjects, account)

    def make_room(self, wanted: int, now: float) -> None:
        """Where so many more do not fit, forget those that expired by `now` (seconds since the epoch)."""
        if len(self._verdicts) + wanted <= self._most:
            return
        expired = [account for account, verdict in self._verdicts.items() if verdict.expires <= now]
        for account in expired:
            self.remove(account)

    def _linked(self, kind: Literal["api_key", "end_user"], subject: str) -> Verdict | None:
        account = self._links.get(digest_of(kind, subject)) if self._links else None
        return None if account is None else self._verdicts.get(account)

    def _link(self, subjects: Iterable[str], account: str) -> bool:
        for subject in subjects:
            if subject not in self._links and len(self._links) >= self._most:
                return False
            self._links[subject] = account
        return True

    def _unlink(self, subjects: Iterable[str], account: str) -> None:
        for subject in subjects:
            if self._links.get(subject) == account:
                del self._links[subject]
