"""Verdicts by account, and the accounts of keys and end users."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stillwatch_client.decision import Verdict

Subject = tuple[str, str]
"""`api_key` or `end_user`, and its id

A key, which is a hash, may itself be the scored account. An end user's id is the customer's to choose: it is
never taken for an account that happens to be called the same."""


class View:
    """At most `most` verdicts other than `allow`, and at most so many keys and end users.

    One thread writes; any thread may read at any time, since each step is one operation of a dictionary.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._verdicts: dict[str, Verdict] = {}
        self._links: dict[Subject, str] = {}
        self.complete = True
        """whether nothing had to be left out"""

    def __len__(self) -> int:
        return len(self._verdicts)

    def find(self, account: str | None, api_key: str | None, end_user: str | None) -> Verdict | None:
        """The verdict on the first of these that has one."""
        if account is not None and (verdict := self._verdicts.get(account)) is not None:
            return verdict
        if api_key is not None and (
            verdict := self._linked("api_key", api_key) or self._verdicts.get(api_key)
        ):
            return verdict
        return None if end_user is None else self._linked("end_user", end_user)

    def _linked(self, kind: str, subject: str) -> Verdict | None:
        account = self._links.get((kind, subject))
        return None if account is None else self._verdicts.get(account)

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
        subjects = dict.fromkeys(_subjects(verdict), account)
        if old is not None:
            self._unlink((subject for subject in _subjects(old) if subject not in subjects), account)
        return self._link(subjects)

    def remove(self, account: str) -> None:
        """Forget an account's verdict, if there is one."""
        verdict = self._verdicts.pop(account, None)
        if verdict is not None:
            self._unlink(_subjects(verdict), account)

    def make_room(self, wanted: int, now: float) -> None:
        """Where so many more do not fit, forget those that expired by `now` (seconds since the epoch)."""
        if len(self._verdicts) + wanted <= self._most:
            return
        expired = [account for account, verdict in self._verdicts.items() if verdict.expires <= now]
        for account in expired:
            self.remove(account)

    def _link(self, subjects: dict[Subject, str]) -> bool:
        for subject, account in subjects.items():
            if subject not in self._links and len(self._links) >= self._most:
                return False
            self._links[subject] = account
        return True

    def _unlink(self, subjects: Iterable[Subject], account: str) -> None:
        for subject in subjects:
            if self._links.get(subject) == account:
                del self._links[subject]


def _subjects(verdict: Verdict) -> Iterator[Subject]:
    yield from (("api_key", key) for key in verdict.api_keys)
    yield from (("end_user", user) for user in verdict.end_users)
