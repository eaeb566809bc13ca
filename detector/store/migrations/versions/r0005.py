"""The version that an answer to a request under an idempotency key told."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import Column, Text

revision: Final = "0005"
down_revision: Final = "0004"


def upgrade() -> None:
    """Answers of before told none."""
    op.add_column("replies", Column("etag", Text))
