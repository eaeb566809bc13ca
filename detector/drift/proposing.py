"""Puts a proposal into the audit, where decisions about models stand as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.audit.reading import history
from detector.drift.report import Proposal
from detector.store.audit_chain import append
from detector.store.audit_entry import Entry

if TYPE_CHECKING:
    from detector.store.database import Database

ACTION: Final = "propose-training"
KIND: Final = "model"
ACTOR: Final = "detector"
_ALL: Final = 1 << 62


def propose(database: Database, proposal: Proposal, now: int) -> int | None:
    """Number of the audit's entry; None: the last one has the same kinds of reasons. `now` is in ms."""
    past = history(database, KIND, proposal.model_id, _ALL, 100)
    last = next((one.entry for one in past if one.entry.action == ACTION), None)
    if last is not None and _kinds(msgspec.json.decode(last.after or b"", type=Proposal)) == _kinds(proposal):
        return None
    why = "; ".join(reason.said for reason in proposal.reasons)
    said = Entry(now, ACTOR, ACTION, KIND, proposal.model_id, None, msgspec.json.encode(proposal), why)
    with database.writing() as connection:
        return append(connection, [said])


def _kinds(proposal: Proposal) -> set[str]:
    return {reason.kind for reason in proposal.reasons}
