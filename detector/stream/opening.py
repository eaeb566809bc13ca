"""Opening what a process needs that starts while it is away: the store, and topics to write to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from detector.store.errors import StoreError, StoreRefused, StoreUnavailable
from detector.store.opening import TIMEOUT, open_store, upgrade
from streaming.sink import SinkError, SinkUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.store.interface import Store
    from detector.stream.patience import Patience
    from detector.stream.service import Stop

_Output = TypeVar("_Output")


def awaited_store(url: str, patience: Patience, stop: Stop, timeout: float = TIMEOUT) -> Store:
    """As `detector.store.opening.open_store`, but waits for a store that does not answer.

    A file is brought up to date first, for which others may hold its lock for long. Raises `StoreUnavailable`
    once there is no patience left, and `StoreError` for what waiting does not mend: a wrong url, schema, user
    or password. So it does once somebody asked to stop.
    """

    def attempt() -> Store:
        try:
            if url.startswith("sqlite:"):
                upgrade(url, timeout=timeout)
            return open_store(url, timeout=timeout)
        except StoreRefused as error:
            raise StoreError(str(error)) from error
        except StoreUnavailable as error:
            if stop:
                raise StoreError(f"asked to stop before the store answered: {error}") from error
            raise

    return patience.call(attempt)


def awaited_output(connect: Callable[[], _Output], patience: Patience, stop: Stop) -> _Output:
    """What `connect` returns once brokers answer, which it says by `SinkUnavailable`.

    Raises that once there is no patience left, and `SinkError` once somebody asked to stop.
    """

    def attempt() -> _Output:
        try:
            return connect()
        except SinkUnavailable as error:
            if stop:
                raise SinkError(f"asked to stop before there was somebody to send to: {error}") from error
            raise

    return patience.call(attempt)
