"""People in the store."""

from __future__ import annotations

from detector.people.accounts import SqlAccounts
from detector.people.invitations import SqlInvitations
from detector.people.sessions import SqlSessions


class SqlPeople(SqlAccounts, SqlSessions, SqlInvitations):
    """All parts over one database. Any thread may use it; each call is one transaction."""
