"""Opening the store of a process that starts while the store is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.store.errors import StoreError, StoreRefused, StoreUnavailable
from detector.store.opening import open_store

if TYPE_CHECKING:
    from detector.store.interface import Store
    from detector.stream.patience import Patience
    from detector.stream.service import Stop


def awaited_store(url: str, patience: Patience, stop: Stop) -> Store:
    """As `detector.store.opening.open_store`, but waits for a store that does not answer.

    Raises `StoreUnavailable` once there is no patience left, and `StoreError` for what waiting does not mend:
    a wrong url, schema, user or password. So it does once somebody asked to stop.
    """

    def attempt() -> Store:
        try:
            return open_store(url)
        except StoreRefused as error:
            raise StoreError(str(error)) from error
        except StoreUnavailable as error:
            if stop:
                raise StoreError(f"asked to stop before the store answered: {error}") from error
            raise

    return patience.call(attempt)
