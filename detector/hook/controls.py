"""What people decided: the mode, the policy, who is allow-listed, which verdicts were undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.hook.auth.keys import ApiKey
from detector.hook.decision import Mode  # noqa: TC001 - msgspec reads annotations at run time
from detector.store.control_reading import last_body
from detector.store.hook_records import Control

if TYPE_CHECKING:
    from detector.store.hook_records import ControlKind, HookStore

UNDO_HOURS: Final = 168
"""for how long verdicts on an account do not count once one was undone, unless said otherwise"""


class Setting(msgspec.Struct, frozen=True):
    """Body of a `mode` or `policy`: the mode, or the policy's text."""

    value: str


class ModeSetting(msgspec.Struct, frozen=True):
    """Body of a `mode`."""

    value: Mode


class Exemption(msgspec.Struct, frozen=True):
    """Body of an `allow` or `undo`."""

    until: int | None = None
    """ms since the epoch; None: for good"""


def mode_control(mode: Mode) -> Control:
    """Shadow or enforce, everywhere at once."""
    return Control("mode", "", msgspec.json.encode(ModeSetting(mode)))


def mode_of(store: HookStore) -> Mode:
    """As commanded last; shadow at first."""
    body = last_body(store, "mode")
    return "shadow" if body is None else msgspec.json.decode(body, type=ModeSetting).value


def policy_control(text: str) -> Control:
    """The text of a policy that was checked."""
    return Control("policy", "", msgspec.json.encode(Setting(text)))


def exemption(kind: ControlKind, account_id: str, until: int | None) -> Control:
    """An allow-list entry, or an undo."""
    return Control(kind, account_id, msgspec.json.encode(Exemption(until)))


def key_control(key: ApiKey) -> Control:
    """A key that is live from now on."""
    return Control("key", key.key_id, msgspec.json.encode(key))


def read_key_control(body: bytes) -> ApiKey:
    """The key of a control."""
    return msgspec.json.decode(body, type=ApiKey)


class Exemptions:
    """Accounts, or whatever else is named by an id, that are exempt, and until when."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    def __contains__(self, subject: str) -> bool:
        return subject in self._until

    def put(self, account_id: str, body: bytes | None) -> None:
        """Take over a control."""
        if body is None:
            self._until.pop(account_id, None)
            return
        until = msgspec.json.decode(body, type=Exemption).until
        self._until[account_id] = float("inf") if until is None else until

    def ended(self, now: int) -> list[str]:
        """Forget those that are over, and return their accounts."""
        over = [account for account, until in self._until.items() if until <= now]
        for account in over:
            del self._until[account]
        return over

    def covers(self, account_id: str, now: int) -> bool:
        """Whether an account is exempt now (ms)."""
        until = self._until.get(account_id)
        return until is not None and now < until
