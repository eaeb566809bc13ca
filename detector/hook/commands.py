"""What an operator may change while it runs: the same from the command line and over HTTP, and audited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from detector.hook.auth.keys import LIVE, ApiKey, lasts, make_key
from detector.hook.controls import (
    UNDO_HOURS,
    Setting,
    exemption,
    key_control,
    mode_control,
    mode_of,
    policy_control,
    read_key_control,
)
from detector.hook.errors import HookError
from detector.hook.policy.reading import default_text, read_policy
from detector.store.control_reading import controls_of, last_body
from detector.store.hook_records import Control
from detector.stream.calibrated import enforcing_doubt

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.hook.auth.keys import NewKey, Scope
    from detector.hook.decision import Mode
    from detector.store.hook_records import AuditEntry
    from detector.store.interface import Store

_HOUR: Final = 3_600_000
_CALIBRATE: Final = (
    "run `stillwatch calibrate` on your logs and give the file to `stillwatch run --calibration`, or accept "
    "it with a reason (--accept-uncalibrated, accept_uncalibrated)"
)


class CommandError(HookError):
    """A command makes no sense as things are: says why and the remedy."""


class Commands:
    """On one store, by one author."""

    def __init__(
        self, store: Store, author: str, now: Callable[[], int], random: Callable[[int], bytes]
    ) -> None:
        self._store = store
        self._author = author
        self._now = now
        self._random = random

    def set_mode(self, mode: Mode, why: str, accepted: str | None = None) -> int:
        """Shadow or enforce, everywhere; the version of the change.

        Raises `CommandError` where verdicts come from thresholds that are not known to be calibrated, unless
        `accepted` says why they may be enforced all the same; that stands in the audit.
        """
        if mode == "enforce" and (doubt := enforcing_doubt(self._store)) is not None:
            if accepted is None:
                raise CommandError(f"{doubt}; {_CALIBRATE}")
            why = f"{why} (accepted that {doubt}: {accepted})"
        return self._do(mode_control(mode), why)

    def set_policy(self, text: str, why: str) -> int:
        """Decide by another policy. Raises `PolicyError`."""
        read_policy(text)
        return self._do(policy_control(text), why)

    def allow(self, account_id: str, why: str, until: int | None = None) -> int:
        """Put an account on the allow-list, until a time in ms or for good."""
        return self._do(exemption("allow", account_id, until), why)

    def disallow(self, account_id: str, why: str) -> int:
        """Take an account from the allow-list."""
        return self._do(Control("allow", account_id, None), why)

    def undo(self, account_id: str, why: str, until: int | None = None) -> int:
        """Let verdicts on an account not count, for a week unless said otherwise.

        Raises `CommandError` if there is none: who mistypes an id would believe that somebody is let through.
        """
        if self._store.verdict_of(account_id) is None:
            raise CommandError(
                f"nothing to undo: there is no verdict on {account_id!r}; check the account's id, or put it "
                "on the allow-list to be let through whatever is found"
            )
        end = self._now() + UNDO_HOURS * _HOUR if until is None else until
        return self._do(exemption("undo", account_id, end), why)

    def redo(self, account_id: str, why: str) -> int:
        """Let verdicts on an account count again."""
        return self._do(Control("undo", account_id, None), why)

    def create_key(
        self, name: str, scopes: tuple[Scope, ...], why: str, *, hours: float | None, rate: float | None
    ) -> NewKey:
        """A new key. Raises `CommandError` if two of this name are live: an old and a new one are enough."""
        now = self._now()
        if sum(key.name == name for key in self.live_keys()) >= LIVE:
            raise CommandError(f"name {name!r} has {LIVE} live keys; revoke the older one first")
        expires = None if hours is None else now + round(hours * _HOUR)
        made = make_key(name, scopes, now, self._random, expires=expires, rate=rate)
        self._do(key_control(made.key), why)
        return made

    def revoke_key(self, key_id: str, why: str) -> int:
        """Let a key count no more. Raises `CommandError` if there is none of this id."""
        if key_id not in {key.key_id for key in self.live_keys()}:
            raise CommandError(f"no live key has the id {key_id!r}; see `stillwatch keys list`")
        return self._do(Control("key", key_id, None), why)

    def live_keys(self) -> list[ApiKey]:
        """Keys that are live, oldest first."""
        found = [
            read_key_control(one.control.body)
            for one in controls_of(self._store, "key")
            if one.control.body is not None
        ]
        return [key for key in found if lasts(key, self._now())]

    def mode(self) -> Mode:
        """As commanded last."""
        return mode_of(self._store)

    def policy(self) -> str:
        """The text in force."""
        body = last_body(self._store, "policy")
        return default_text() if body is None else msgspec.json.decode(body, type=Setting).value

    def exempt(self) -> list[Control]:
        """Allow-list entries and undos, those that are over included."""
        found = [*controls_of(self._store, "allow"), *controls_of(self._store, "undo")]
        return [one.control for one in found if one.control.body is not None]

    def audit(self, after: int, limit: int) -> list[AuditEntry]:
        """Changes by version, after `after`."""
        return self._store.control_history(after, limit)

    def _do(self, control: Control, why: str) -> int:
        return self._store.control([control], self._author, why, self._now())


def audit_json(entry: AuditEntry) -> dict[str, Any]:
    """An entry of the audit to show; the digests of keys are left out."""
    control = entry.control
    return {
        "version": entry.version,
        "kind": control.kind,
        "subject": control.subject,
        "before": _shown(control.kind, entry.before),
        "after": _shown(control.kind, control.body),
        "author": entry.author,
        "why": entry.why,
        "time": entry.recorded,
    }


def key_json(key: ApiKey) -> dict[str, Any]:
    """A key to show, without its digest."""
    return {
        "key_id": key.key_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created": key.created,
        "expires": key.expires,
        "rate": key.rate,
    }


def _shown(kind: str, body: bytes | None) -> Any:
    if body is None:
        return None
    return key_json(read_key_control(body)) if kind == "key" else msgspec.json.decode(body)
