from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streaming.exchange import Exchange
from streaming.partitions import Polled
from streaming.source import Block

ORIGINS = ("a/0", "a/1", "a/2")


class Sides:
    """Both sides of an exchange, and what either knows; a block's position is its assignment's number."""

    def __init__(self) -> None:
        self.exchange = Exchange(1000, 10**6)
        self.number = 0
        self.owned: dict[str, int] = {}
        self.known: dict[str, int] = {}
        self.waiting = 0

    def assign(self, origin: str) -> None:
        """The group gives a partition, taking it away first if it is ours."""
        revoked = [origin] if origin in self.owned else []
        self.number += 1
        self.owned[origin] = self.number
        self.exchange.put(Polled(revoked, [origin]))

    def revoke(self, origin: str) -> None:
        """The group takes a partition away."""
        if self.owned.pop(origin, None):
            self.exchange.put(Polled([origin]))

    def read(self, origin: str) -> None:
        """A poll brings a record of a partition that is ours."""
        if origin in self.owned:
            self.exchange.put(Polled(blocks=[Block([b"{}"], origin, [self.owned[origin]], 2)]))

    def take(self, _: str) -> None:
        """The other side takes a poll: its blocks are of the assignments that it was told of."""
        polled = self.exchange.take(0.0)
        assert set(polled.revoked) <= set(self.known)
        for origin in polled.revoked:
            del self.known[origin]
        for origin in polled.assigned:
            assert origin not in self.known
            self.known[origin] = self.owned[origin]
        for block in polled.blocks:
            assert block.positions == [self.known[block.origin]] == [self.owned[block.origin]]

    def seek(self, origin: str) -> None:
        """The other side asks to begin, by the assignment that it knows."""
        self.exchange.ask_seek(origin, self.known.get(origin))
        self.exchange.ask_commit({origin: self.known.get(origin, 0)})

    def carry_out(self, _: str) -> None:
        """What was asked is of the present assignments."""
        asked = self.exchange.requests()
        assert asked.seeks.items() <= self.owned.items()
        assert asked.offsets.items() <= self.owned.items()


STEPS = (Sides.assign, Sides.revoke, Sides.read, Sides.take, Sides.seek, Sides.carry_out)


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(ORIGINS)), max_size=60))
def test_nobody_acts_on_an_assignment_that_is_over(steps: list[tuple[type, str]]) -> None:
    """Whatever the order of events, no block and no request outlives its assignment, and both sides agree."""
    sides = Sides()
    for step, origin in steps:
        step(sides, origin)
    while polled := sides.exchange.load:
        sides.take("")
        assert sides.exchange.load < polled
    sides.take("")
    assert sides.known == sides.owned


def test_the_load_counts_what_waits() -> None:
    """Records and bytes count until they are taken or lost, whichever fills the queue first."""
    exchange = Exchange(10, 100)
    exchange.put(Polled(assigned=["a/0", "a/1"]))
    exchange.put(Polled(blocks=[Block([b"x"] * 5, "a/0", list(range(5)), 20)]))
    assert exchange.load == 0.5
    exchange.put(Polled(blocks=[Block([b"x"], "a/1", [0], 80)]))
    assert exchange.load == 1.0
    assert not exchange.await_room(0.0)
    exchange.put(Polled(revoked=["a/1"]))
    assert exchange.load == 0.5
    assert exchange.await_room(0.0)
    exchange.take(0.0)
    assert exchange.load == 0.0


def test_a_seek_drops_what_was_read_before_it() -> None:
    """Records read before, waiting or still on their way, are not taken after a seek was asked for."""
    exchange = Exchange(10, 100)
    exchange.put(Polled(assigned=["a/0", "a/1"]))
    exchange.take(0.0)
    exchange.put(Polled(blocks=[Block([b"x"], "a/0", [7], 1), Block([b"x"], "a/1", [3], 1)]))
    exchange.ask_seek("a/0", 5)
    exchange.put(Polled(blocks=[Block([b"x"], "a/0", [8], 1)]))
    assert exchange.records == 1
    assert exchange.requests().seeks == {"a/0": 5}
    exchange.put(Polled(blocks=[Block([b"x"], "a/0", [5], 1)]))
    taken = [*exchange.take(0.0).blocks, *exchange.take(0.0).blocks]
    assert [(block.origin, block.positions) for block in taken] == [("a/1", [3]), ("a/0", [5])]
    assert exchange.load == 0.0


def test_a_new_exchange_begins_with_what_was_lost() -> None:
    """After a client was replaced the other side hears first that its partitions are gone."""
    exchange = Exchange(10, 100, revoked=["a/0"])
    exchange.put(Polled(assigned=["a/0"]))
    assert exchange.take(0.0) == Polled(frozenset({"a/0"}), frozenset({"a/0"}), [])
