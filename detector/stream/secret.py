"""The secret under which a stream's identifiers and texts are hashed: it must outlive the process."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from detector.defaults import KEY_VARIABLE
from detector.store.errors import StoreError
from detector.store.opening import is_used

if TYPE_CHECKING:
    from collections.abc import Mapping

RESTORE: Final = "restore the file, or set the variable to what it was"
_BYTES: Final = 32
_SQLITE: Final = "sqlite:///"


def stream_secret(environ: Mapping[str, str], store_url: str) -> str:
    """From the environment; else, beside a store that is a file, from a file that is made if need be.

    Only its owner may read that file. Raises `StoreError` where several processes must be given the same,
    where the file of a store in use is gone (what is stored is hashed under it), or cannot be read or made.
    """
    said = environ.get(KEY_VARIABLE)
    if said:
        return said
    path = key_file(store_url)
    if path is None:
        raise StoreError(
            f"{KEY_VARIABLE} is not set; give every process that shares this store the same secret there"
        )
    # In this order: who begins the store beside us makes the file first.
    if is_used(store_url) and not path.exists():
        raise StoreError(f"{lost(path)}; {RESTORE}")
    try:
        return _kept(path)
    except OSError as error:
        raise StoreError(
            f"secret {path}: {error.strerror}; name a --store in a folder that may be written, "
            f"or set {KEY_VARIABLE}"
        ) from error


def lost(path: Path) -> str:
    """What is wrong where a store is in use without a secret; `RESTORE` is the remedy."""
    return f"the store is in use, and there is neither {KEY_VARIABLE} nor {path}"


def key_file(store_url: str) -> Path | None:
    """Where the secret of a store that is a file is kept, unless it is in the environment; else None."""
    return Path(store_url.removeprefix(_SQLITE) + ".key") if store_url.startswith(_SQLITE) else None


def _kept(path: Path) -> str:
    """What the file holds, which is made if need be."""
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(made, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text(encoding="ascii")
