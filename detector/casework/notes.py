"""Notes on cases."""

from __future__ import annotations

from sqlalchemy import insert, select

from detector.casework.listing import one_case
from detector.casework.records import Comment
from detector.casework.texts import NOTE, checked
from detector.store.audit_chain import append, hold
from detector.store.audit_entry import Entry
from detector.store.casework_schema import comments
from detector.store.part import SqlPart


class Notes(SqlPart):
    """Written by people, and never changed."""

    def comment(self, case_id: str, author: str, text: str, now: int) -> Comment:
        """Add a note; raises `NotFound`, or `Refused` for one that is empty or too long."""
        said = checked("text", text, NOTE)
        with self._database.writing() as connection:
            number = hold(connection).number + 1
            one_case(connection, case_id)
            note = Comment(f"cmt_{number}", case_id, author, now, said)
            row = {"comment_id": note.comment_id, "case_id": case_id, "author": author, "time": now}
            connection.execute(insert(comments), [row | {"text": said}])
            # Not what it says: an audit that is exported should hold no case's particulars.
            append(connection, [Entry(now, author, "comment", "case", case_id, None, None, note.comment_id)])
        return note

    def comments(self, case_id: str) -> list[Comment]:
        """All notes on a case, oldest first."""
        query = select(comments).where(comments.c.case_id == case_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(comments.c.time, comments.c.comment_id)).all()
        return [Comment(row.comment_id, row.case_id, row.author, row.time, row.text) for row in rows]
