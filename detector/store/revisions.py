"""Which schema a database has, and bringing it up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from detector.store.errors import StoreError

if TYPE_CHECKING:
    from detector.store.database import Database

REMEDY: Final = "run `stillwatch store upgrade`"


def check(database: Database) -> None:
    """Raise `StoreError` unless the schema is the one that this version writes."""
    with database.reading() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    known = released()
    if found == known[-1]:
        return
    if found is None:
        raise StoreError(f"store {database.place} has no schema yet; {REMEDY}")
    if found in known:
        raise StoreError(f"store {database.place} has schema {found}, older than {known[-1]}; {REMEDY}")
    raise StoreError(
        f"store {database.place} has schema {found}, and {known[-1]} is the latest that this version knows; "
        "upgrade Stillwatch"
    )


def upgrade(database: Database, to: str) -> None:
    """Migrate in one transaction; who comes second finds the work done. Raises `StoreError`."""
    config = _config()
    with database.writing() as connection:
        unfit = database.dialect.unfit(connection)
        if unfit is not None:
            raise StoreError(f"store {database.place} cannot be used: {unfit}")
        database.dialect.migrating(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def released() -> list[str]:
    """All schemas that a store in use may have, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def _config() -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
