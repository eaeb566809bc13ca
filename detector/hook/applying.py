"""Controls and verdicts out of the store, applied to what is in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from detector.hook.controls import ModeSetting, Setting, read_key_control
from detector.hook.policy.reading import PolicyError, default_text, read_policy
from detector.hook.verdicts.index import ABSENT
from detector.telemetry.fields import Failure, Name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detector.hook.auth.ring import KeyRing
    from detector.hook.decide import Decider
    from detector.hook.followers import Followers
    from detector.store.findings import StoredVerdict
    from detector.store.hook_records import Control, Link, StoredControl
    from detector.store.kept_records import Home
    from detector.telemetry.logs import Log


class Applier:
    """Keeps the decider and the keys as the store says, and tells who follows."""

    def __init__(self, decider: Decider, keys: KeyRing, followers: Followers, log: Log) -> None:
        self._decider = decider
        self._keys = keys
        self._followers = followers
        self._log = log
        self.controls = 0
        """version of the last control"""

    def take_controls(self, found: Iterable[StoredControl]) -> None:
        """Apply controls in the order of their versions."""
        for stored in found:
            self.controls = stored.version
            try:
                self._take(stored.control)
            except (msgspec.MsgspecError, PolicyError) as error:
                # A newer version wrote it: what stood before goes on.
                self._log.error(
                    "control not understood", kind=Name(stored.control.kind), version=stored.version,
                    failure=Failure(error),
                )  # fmt: skip

    def take_verdicts(self, found: Iterable[StoredVerdict]) -> None:
        """Apply verdicts of the store in the order of their versions."""
        self._followers.tell([self._decider.put(stored) for stored in found])

    def hear_verdicts(self, found: Iterable[StoredVerdict]) -> int:
        """Apply those verdicts that the store has not said yet; how many.

        None before the store was read, and none on an account that may be of an organisation on the
        allow-list: the store says so first.
        """
        new = [stored for stored in found if self._is_news(stored)]
        self._followers.tell([self._decider.put(stored) for stored in new])
        return len(new)

    def _is_news(self, stored: StoredVerdict) -> bool:
        table = self._decider.table
        row = table.find(stored.verdict.account_id)
        if row == ABSENT:
            return self._decider.ready and not self._decider.allowed.needs_homes
        return self._decider.ready and stored.version > table.version[row]

    def take_links(self, found: Iterable[Link]) -> None:
        """Apply links in the order of their versions."""
        changed = {row for link in found for row in self._decider.link(link)}
        # Nobody is told whose the subjects of the many are whose requests are simply allowed.
        self._followers.tell([row for row in changed if self._decider.decide_row(row).action != "allow"])

    def end_exemptions(self, now: int) -> None:
        """Let allow-list entries and undos that are over count no more."""
        decider = self._decider
        accounts, wide = decider.allowed.ended(now)
        self._changed([*accounts, *decider.undone.ended(now)])
        if wide:
            self._followers.tell([], anew=True, versioned=False)

    def take_homes(self, found: Iterable[Home]) -> None:
        """Apply organisations of accounts in the order of their versions."""
        homes = list(found)
        self._decider.allowed.take_homes(homes)
        self._changed(home.account_id for home in homes)

    def _take(self, control: Control) -> None:
        body = control.body
        if control.kind == "undo":
            self._decider.undone.put(control.subject, body)
            self._changed([control.subject])
        elif control.kind == "allow":
            self._decider.allowed.put(control.kind, control.subject, body)
            self._changed([control.subject])
        elif control.kind in {"allow_campaign", "allow_organisation", "allow_detector"}:
            self._decider.allowed.put(control.kind, control.subject, body)
            self._followers.tell([], anew=True)
        elif control.kind == "mode":
            value = "shadow" if body is None else msgspec.json.decode(body, type=ModeSetting).value
            self._decider.mode = "enforce" if value == "enforce" else "shadow"
            self._followers.tell([], anew=True)
        elif control.kind == "policy":
            text = default_text() if body is None else msgspec.json.decode(body, type=Setting).value
            self._decider.use(read_policy(text))
            self._followers.tell([], anew=True)
        elif control.kind == "key":
            self._take_key(control.subject, body)

    def _take_key(self, key_id: str, body: bytes | None) -> None:
        if body is None:
            self._keys.remove(key_id)
        else:
            self._keys.put(read_key_control(body))

    def _changed(self, accounts: Iterable[str]) -> None:
        rows = [self._decider.table.find(account) for account in accounts]
        # Their verdicts are the same, with the versions that they had.
        self._followers.tell([row for row in rows if row != ABSENT], versioned=False)
