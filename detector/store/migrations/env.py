"""What Alembic runs: the steps, in the transaction that `detector.store.revisions` began."""

from __future__ import annotations

from alembic import context

# SQLite alters a table by copying it.
context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
