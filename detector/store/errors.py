"""How a store fails: what may be tried again, and what must not.

StoreError
├── StoreUnavailable    full disk, lost connection, lock not had in time: the same call may be tried again
│   └── StoreRefused    it answers, and does not let us in: somebody has to mend settings first
└── Fenced              somebody else owns the partition or leads: stop, and claim or lead anew
"""

from __future__ import annotations


class StoreError(Exception):
    """A store cannot do what was asked: says what, where and the remedy, and no password."""


class StoreUnavailable(StoreError):  # noqa: N818 - says what is the matter, as Fenced does
    """The store did not answer, or could not write. Nothing or all was done, and trying again is safe."""


class StoreRefused(StoreUnavailable):
    """The server does not know the user, password or database. One that is being set up may, later."""


class Fenced(StoreError):  # noqa: N818 - the field's standard term
    """The epoch or lease is no longer the latest: nothing was written, and nothing will be."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} has a newer owner; claim it anew before writing")
        self.what = what
        """the partition's origin, or `leader`"""
