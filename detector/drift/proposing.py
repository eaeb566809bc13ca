"""Puts a proposal into the audit, where decisions about models stand as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.audit.chain import append
from detector.audit.entry import Entry
from detector.audit.reading import history

if TYPE_CHECKING:
    from detector.drift.report import Proposal
    from detector.store.database import Database

ACTION: Final = "propose-training"
KIND: Final = "model"
ACTOR: Final = "detector"
_ALL: Final = 1 << 62


def propose(database: Database, proposal: Proposal, now: int) -> int | None:
    """Number of the audit's entry; None: the last proposal about the model says the same. `now` in ms."""
    body = msgspec.json.encode(proposal)
    past = history(database, KIND, proposal.model_id, _ALL, 100)
    last = next((one.entry for one in past if one.entry.action == ACTION), None)
    if last is not None and last.after == body:
        return None
    said = Entry(now, ACTOR, ACTION, KIND, proposal.model_id, None, body, "; ".join(proposal.reasons))
    with database.writing() as connection:
        return append(connection, [said])
