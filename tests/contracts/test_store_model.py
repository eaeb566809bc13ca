"""Any order of claims, commits, repetitions and closed ticks, against plain Python."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from detector.store.checkpoints import CheckpointDelta
from detector.store.errors import Fenced, StoreError
from detector.store.opening import open_store, upgrade
from tests.support.stores import TICK, commit_of

if TYPE_CHECKING:
    from detector.store.intake import Claim, PartitionCommit

ORIGINS = ("t/0", "t/1", "t/2")


@dataclass
class Partition:
    """What the store should know of one."""

    claims: list[Claim] = field(default_factory=list)
    position: int | None = None
    watermark: int | None = None
    idle: bool = False
    floor: int = -1
    """last tick that its owner must not add to"""
    last: PartitionCommit | None = None


class Model(RuleBasedStateMachine):
    """Workers that do as they should, and stale ones that do not know it yet."""

    template: Path

    @initialize()
    def begin(self) -> None:
        """A new store."""
        self.folder = Path(tempfile.mkdtemp(dir=self.template.parent))
        shutil.copy(self.template, self.folder / "store.db")
        self.store = open_store(f"sqlite:///{self.folder / 'store.db'}")
        self.partitions: dict[str, Partition] = {}
        self.frames: list[tuple[int, str, bytes]] = []
        self.closed: int | None = None
        self.checkpoint = -1
        self.leases: list[tuple[str, int]] = []
        self.now = 0

    @rule(origins=st.sets(st.sampled_from(ORIGINS), min_size=1), owner=st.sampled_from("ab"))
    def claim(self, origins: set[str], owner: str) -> None:
        """Somebody takes partitions over."""
        for origin, claim in self.store.claim(origins, owner, self.now).items():
            known = self.partitions.setdefault(origin, Partition())
            assert claim.epoch == len(known.claims) + 1
            assert (claim.position, claim.idle, claim.closed) == (known.position, known.idle, self.closed)
            known.claims.append(claim)
            known.floor = max(known.floor, -1 if self.closed is None else self.closed)

    @rule(origins=st.sets(st.sampled_from(ORIGINS)))
    def expect(self, origins: set[str]) -> None:
        """A worker sees partitions that nobody may have claimed yet."""
        self.store.expect(origins, self.now)
        for origin in origins:
            self.partitions.setdefault(origin, Partition())

    @precondition(lambda self: any(one.claims for one in self.partitions.values()))
    @rule(data=st.data(), ahead=st.lists(st.integers(1, 3), max_size=3), moved=st.integers(0, 250))
    def commit(self, data: st.DataObject, ahead: list[int], moved: int) -> None:
        """An owner goes on; an earlier one is fenced, and one that sleeps is refused."""
        origin = data.draw(st.sampled_from(self._claimed()))
        claim = data.draw(st.sampled_from(self.partitions[origin].claims))
        idle = data.draw(st.booleans())
        commit = self._progress(claim, ahead, moved, idle=idle)
        refusal = self._refusal(commit)
        if refusal is not None:
            with pytest.raises(refusal):
                self.store.commit([commit], self.now)
            return
        self.store.commit([commit], self.now)
        self._apply(commit)

    @precondition(lambda self: any(one.claims for one in self.partitions.values()))
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """A commit whose answer was lost is made again."""
        known = self.partitions[data.draw(st.sampled_from(self._claimed()))]
        if known.last is None or known.last.epoch != known.claims[-1].epoch:
            return
        if known.idle == known.last.idle:
            self.store.commit([known.last], self.now)

    @precondition(lambda self: any(one.claims for one in self.partitions.values()))
    @rule(data=st.data())
    def wake(self, data: st.DataObject) -> None:
        """A partition has events again."""
        origin = data.draw(st.sampled_from(self._claimed()))
        known = self.partitions[origin]
        claim = data.draw(st.sampled_from(known.claims))
        if claim is not known.claims[-1]:
            with pytest.raises(Fenced):
                self.store.wake(origin, claim.epoch)
            return
        assert self.store.wake(origin, claim.epoch) == self.closed
        known.idle = False
        known.floor = max(known.floor, -1 if self.closed is None else self.closed)

    @rule(owner=st.sampled_from("ab"), later=st.integers(0, 300))
    def lead(self, owner: str, later: int) -> None:
        """Somebody asks for the lease of 200 ms."""
        self.now += later
        lease = self.store.lead(owner, self.now, 200)
        if lease is not None and (owner, lease) not in self.leases:
            assert all(lease > old for _, old in self.leases)
            self.leases.append((owner, lease))

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        """The leader closes ticks; one that was replaced is fenced."""
        _, lease = data.draw(st.sampled_from(self.leases))
        if lease != self.leases[-1][1]:
            with pytest.raises(Fenced):
                self.store.close_ticks(lease, TICK, self.now)
            return
        ended = self._ended()
        if ended is not None:
            self.closed = ended if self.closed is None else max(ended, self.closed)
        assert self.store.close_ticks(lease, TICK, self.now) == self.closed

    @precondition(lambda self: self.leases and self.closed is not None)
    @rule()
    def save(self) -> None:
        """The leader folds what is closed, and forgets it."""
        assert self.closed is not None
        self.checkpoint = self.closed
        self.store.checkpoint(self.leases[-1][1], CheckpointDelta(self.closed, b"", {}, []))
        self.frames = [one for one in self.frames if one[0] > self.closed]

    @invariant()
    def agree(self) -> None:
        """The store holds what it should, and closed ticks get no more frames."""
        found = [(frame.tick, origin, frame.body) for origin, frame in self.store.frames(None, 10**9)]
        assert found == sorted(self.frames, key=lambda one: one[:2])
        stands = {one.origin: (one.position, one.watermark, one.idle) for one in self.store.partitions()}
        assert stands == {o: (p.position, p.watermark, p.idle) for o, p in self.partitions.items()}

    def teardown(self) -> None:
        """Leave no file."""
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    def _claimed(self) -> list[str]:
        return sorted(origin for origin, one in self.partitions.items() if one.claims)

    def _progress(self, claim: Claim, ahead: list[int], moved: int, **changes: Any) -> PartitionCommit:
        known = self.partitions[claim.origin]
        mark = known.watermark
        floor = max(known.floor, -1 if mark is None else (mark - 1) // TICK)
        position = (known.position or 0) + len(ahead)
        if known.idle and not ahead:
            changes["idle"] = True
        changes["watermark"] = (mark or 0) + moved if ahead else mark
        return commit_of(claim, position, *(floor + step for step in ahead), **changes)

    def _refusal(self, commit: PartitionCommit) -> type[StoreError] | None:
        known = self.partitions[commit.origin]
        if commit.epoch != known.claims[-1].epoch:
            return Fenced
        asleep = known.idle and not (commit.idle and commit.position == known.position)
        return StoreError if asleep else None

    def _apply(self, commit: PartitionCommit) -> None:
        known = self.partitions[commit.origin]
        known.position, known.watermark, known.idle = commit.position, commit.watermark, commit.idle
        known.last = commit
        self.frames += [(frame.tick, commit.origin, frame.body) for frame in commit.frames]

    def _ended(self) -> int | None:
        marks = [one.watermark for one in self.partitions.values() if not one.idle]
        if not self.partitions or None in marks:
            return None
        if not marks:
            return max((tick for tick, *_ in self.frames if tick <= (self.now - TICK) // TICK), default=None)
        return (min(mark for mark in marks if mark is not None) - 1) // TICK


def test_the_store_agrees_with_plain_python(tmp_path: Path) -> None:
    """Whatever the order of calls, nothing is lost, doubled, or written by a stale owner."""
    Model.template = tmp_path / "template.db"
    upgrade(f"sqlite:///{Model.template}")
    quick = settings(max_examples=15, stateful_step_count=25, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Model, settings=quick)
