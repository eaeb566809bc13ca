"""The stage: everything that actors refer to by number, and the accounts that they play."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.facts import LOST, LogSource
from streaming.simulator.scenes import item_seed
from streaming.simulator.streams import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streaming.simulator.clock import Clock
    from streaming.simulator.corpus import Corpus
    from streaming.simulator.facts import Client, Facts, Params, Place
    from streaming.simulator.market import Market
    from streaming.simulator.scenes import Scene
    from streaming.simulator.texts import Wording

TRAIT: Final = np.dtype(
    [
        ("conversation", np.bool_),
        ("items", np.int8),
        ("repeats", np.int64),
        ("output", np.float64),
        ("sigma", np.float64),
        ("hidden", np.float64),
        ("refused", np.float64),
        ("attack", np.bool_),
        ("salt", np.uint64),
    ]
)
_SOURCES: Final = 12


@dataclass(frozen=True, slots=True)
class Role:
    """What is true of an account."""

    label: str
    archetype: str
    family: str | None = None
    campaign: str | None = None
    pool: str | None = None


@dataclass(slots=True)
class Stage:
    """Tables of scenes, parameters, networks, clients and accounts: actors fill them, the writer reads."""

    seed: int
    refusal: Wording
    """how the models of this world decline"""
    clock: Clock
    corpus: Corpus
    market: Market
    curves: NDArray[np.float64]
    """(curves, 168): measured request rates by hour of the week, mean 1"""
    scenes: list[Scene] = field(default_factory=list)
    params: list[Params] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    facts: list[Facts] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    sources: list[LogSource] = field(default_factory=list)
    source_of: list[int] = field(default_factory=list)
    """log source of each account"""
    lifecycle: list[tuple[int, str]] = field(default_factory=list)
    """time in ms, and the record's JSON line"""
    _traits: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, dtype=TRAIT))
    _queues: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Set up the gateways' ways of logging."""
        rng = generator(self.seed, "log sources")
        for _ in range(_SOURCES):
            lost = frozenset(name for name, share in LOST if rng.random() < share)
            self.sources.append(LogSource(lost, bool(rng.integers(2))))

    def rng(self, *path: str | int) -> np.random.Generator:
        """Randomness for the use that `path` names."""
        return generator(self.seed, *path)

    def scene(self, scene: Scene) -> int:
        """Number of a scene; the same scene keeps its number only if the caller keeps it."""
        self.scenes.append(scene)
        return len(self.scenes) - 1

    def add_params(self, *choices: Params) -> int:
        """Number of the first of several choices of parameters."""
        self.params.extend(choices)
        return len(self.params) - len(choices)

    def add_places(self, places: Sequence[Place]) -> int:
        """Number of the first of several networks."""
        self.places.extend(places)
        return len(self.places) - len(places)

    def add_clients(self, *clients: Client) -> int:
        """Number of the first of several clients."""
        self.clients.extend(clients)
        return len(self.clients) - len(clients)

    def account(self, facts: Facts, role: Role, source: int) -> int:
        """Number of a new account, logged by gateway `source`."""
        self.facts.append(facts)
        self.roles.append(role)
        self.source_of.append(source)
        return len(self.facts) - 1

    @property
    def traits(self) -> NDArray[np.void]:
        """What choosing items and lengths needs of each scene."""
        new = [_trait(scene) for scene in self.scenes[len(self._traits) :]]
        if new:
            self._traits = np.concatenate([self._traits, np.array(new, dtype=TRAIT)])
        return self._traits

    def seeds(self, scenes: NDArray[np.int32], items: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Seeds of the texts of items."""
        return item_seed(self.traits["salt"][scenes], items.astype(np.uint64))

    def take(self, scene: int, count: int) -> int:
        """Take the next `count` items of a scene's queue: the first of them."""
        first = self._queues.get(scene, 0)
        self._queues[scene] = first + count
        return first


def _trait(scene: Scene) -> tuple[object, ...]:
    return (
        scene.is_conversation, scene.items, scene.repeats, *scene.output, scene.hidden,
        scene.refused, scene.attack, scene.salt,
    )  # fmt: skip
