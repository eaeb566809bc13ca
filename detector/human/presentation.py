"""Reading the presentation language of TLS (RFC 8446, section 3), as far as tokens need it."""

from __future__ import annotations

from detector.human.errors import Malformed


class Reader:
    """Takes fields off the front of a message; raises `Malformed` where it is too short or too long."""

    def __init__(self, data: bytes, what: str) -> None:
        self._data = data
        self._at = 0
        self._what = what

    def number(self, size: int, field: str) -> int:
        """An unsigned integer of `size` bytes in network order."""
        return int.from_bytes(self.fixed(size, field), "big")

    def fixed(self, size: int, field: str) -> bytes:
        """A field of `size` bytes."""
        end = self._at + size
        if end > len(self._data):
            raise Malformed(f"{self._what} ends within {field}; send the whole structure")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def variable(self, size_of_length: int, field: str) -> bytes:
        """A field after its length, which takes `size_of_length` bytes."""
        return self.fixed(self.number(size_of_length, field), field)

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise Malformed(f"{self._what} has bytes after its end; send the structure alone")
