"""Tables of people: who may sign in, and who is signed in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from detector.store.schema import Word, metadata

people: Final = Table(
    "people",
    metadata,
    Column("user_id", Word, primary_key=True),
    Column("name", Text, nullable=False),
    Column("login", Word, nullable=False, unique=True),
    Column("role", Word, nullable=False),
    Column("password", Text),
    Column("issuer", Word),
    Column("identity", Word),
    Column("created", BigInteger, nullable=False),
    Column("disabled", BigInteger),
    Column("version", Integer, nullable=False),
    UniqueConstraint("issuer", "identity"),
)
"""`login` is the name as it is compared, `password` an Argon2 hash; `issuer` and `identity` are of OpenID
Connect (`iss`, `sub`)."""

sessions: Final = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("user_id", Word, ForeignKey(people.c.user_id), nullable=False, index=True),
    Column("token", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False, index=True),
)
"""By the digest of the cookie; `token` guards forms of the session against forgery."""

invitations: Final = Table(
    "invitations",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("user_id", Word, ForeignKey(people.c.user_id), nullable=False, index=True),
    Column("until", BigInteger, nullable=False),
)
"""One-time links to set a password, by the digest of the link's secret."""
