"""Controls of one kind, out of all that are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from detector.store.hook_records import ControlKind, HookStore, StoredControl

_PAGE: Final = 1000


def controls_of(store: HookStore, kind: ControlKind) -> list[StoredControl]:
    """The latest of each subject by version, also those that were taken back. Raises `StoreUnavailable`."""
    found: list[StoredControl] = []
    after = 0
    while page := store.controls(after, _PAGE, kind):
        found += page
        after = page[-1].version
    return found


def last_body(store: HookStore, kind: ControlKind) -> bytes | None:
    """What was said last by a control of this kind; None: nothing, or it was taken back."""
    found = controls_of(store, kind)
    return found[-1].control.body if found else None
