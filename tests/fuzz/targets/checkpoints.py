"""Pages of a stored state: the state, or `StateError`."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np

from detector.store.checkpoints import CheckpointDelta, Page
from detector.stream.pages import PAGE, Pager, StateError
from features.state import State


@cache
def _sound() -> tuple[CheckpointDelta, tuple[Page, ...]]:
    rows = np.zeros(40, dtype=[("a", "<u8"), ("b", "<i4", (3,))])
    state = State({"rows": rows, "more": np.arange(PAGE // 4 + 9, dtype=np.int32)}, {"n": 3})
    delta = Pager("v1").delta(1, state, {"model": "m"}).delta
    return delta, tuple(delta.pages)


def fuzz(data: bytes) -> None:
    """The bytes in place of the manifest, or of the body or the place of one page."""
    delta, pages = _sound()
    at = data[0] % len(pages) if data else 0
    page, rest = pages[at], data[1:]
    changed = Page(page.array, int.from_bytes(rest[:2], "big"), page.body)
    damaged = Page(page.array, page.number, rest)
    for manifest, given in (
        (rest, pages),
        (delta.manifest, (*pages[:at], damaged, *pages[at + 1 :])),
        (delta.manifest, (*pages[:at], changed, *pages[at + 1 :])),
    ):
        try:
            state, facts = Pager("v1").load(manifest, given)
        except StateError:
            continue
        assert isinstance(facts, dict)
        msgspec.json.encode(state.outline())
