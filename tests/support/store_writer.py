"""A process to be killed: commits and checkpoints without end, and says on standard output how far it is.

    python -m tests.support.store_writer URL

Each commit moves two partitions on by `EVENTS` events, and each checkpoint rewrites all pages.
"""

from __future__ import annotations

import sys
from itertools import count
from typing import TYPE_CHECKING, Final

from detector.store.checkpoints import CheckpointDelta, Page
from detector.store.intake import Frame, IntakeCounts, Letter, PartitionCommit, SeenSegment
from detector.store.opening import open_store

if TYPE_CHECKING:
    from detector.store.intake import Claim

ORIGINS: Final = ("t/0", "t/1")
EVENTS: Final = 10
FRAMES: Final = 5
PAGES: Final = 20
_BODY: Final = bytes(range(256)) * 200


def progress(claim: Claim, round_: int) -> PartitionCommit:
    """A partition's progress in a round: frames of `EVENTS` events together, and a letter."""
    position = (round_ + 1) * EVENTS
    return PartitionCommit(
        claim.origin,
        claim.epoch,
        position,
        state=b"%d" % round_,
        watermark=position,
        counts=IntakeCounts(read=position, accepted=position),
        frames=[Frame(tick, EVENTS // FRAMES, _BODY) for tick in range(1, FRAMES + 1)],
        seen=SeenSegment(position, _BODY),
        letters=[Letter(position, "not_json", "record: no JSON")],
    )


def main(url: str) -> None:
    """Go on from what is stored."""
    store = open_store(url)
    claims = store.claim(ORIGINS, "writer", 0)
    lease = store.lead("writer", 0, 1000)
    assert lease is not None
    first = (claims[ORIGINS[0]].position or 0) // EVENTS
    for round_ in count(first):
        store.commit([progress(claim, round_) for claim in claims.values()], round_)
        body = b"%d" % round_ + b" " * 10_000
        pages = [Page("rows", number, body) for number in range(PAGES)]
        store.checkpoint(lease, CheckpointDelta(0, b"%d" % round_, {"rows": PAGES}, pages))
        print(round_, flush=True)  # noqa: T201 - its parent reads it


if __name__ == "__main__":
    main(sys.argv[1])
