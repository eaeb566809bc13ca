"""The seam between what is found and where it goes."""

from __future__ import annotations

from typing import Protocol


class SinkError(Exception):
    """A record could not be delivered: says what, where and the remedy."""


class TooLarge(SinkError):  # noqa: N818 - says what is the matter
    """A record is larger than may ever be stored there: to send it again is of no use."""


class SinkUnavailable(SinkError):  # noqa: N818 - says what is the matter
    """Nobody answered: opening it again may succeed later."""


class Sink(Protocol):
    """Keyed JSON records, at least once: whoever reads them tells repetitions by their id."""

    def send(self, key: str, value: object) -> None:
        """Queue one record; one key keeps its order. Raises `SinkError` if it is refused at once."""
        ...

    def flush(self) -> None:
        """Wait until every queued record is stored; raises `SinkError` if one was not."""
        ...
