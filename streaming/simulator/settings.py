"""Settings: parameters, networks and clients by the kind of use. Honest and hostile accounts draw from the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from streaming.simulator.facts import Params

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from streaming.simulator.facts import Client
    from streaming.simulator.stage import Stage


_T = TypeVar("_T")


def chat_params(rng: np.random.Generator) -> Params:
    """A chat window or a small app."""
    return Params(
        temperature=_one(rng, (None, None, 1.0, 0.7, 0.8)),
        top_p=_one(rng, (None, None, 1.0, 0.95)),
        max_tokens=_one(rng, (None, 1024, 2048, 4096, 8192)),
        stream=bool(rng.random() < 0.8),  # noqa: PLR2004 - most chat windows stream
    )


def pipeline_params(rng: np.random.Generator) -> Params:
    """A script that works through data, whatever for."""
    return Params(
        temperature=_one(rng, (None, 0.0, 0.0, 0.2, 0.3, 0.6, 0.7, 0.7, 0.8, 1.0)),
        top_p=_one(rng, (None, None, 0.9, 0.95, 1.0)),
        max_tokens=_one(rng, (None, 256, 512, 1024, 2048, 2048, 4096, 8192, 16384)),
        n=_one(rng, (None, None, None, 1)),
        seed=_one(rng, (None, None, None, 0, 42, 1234)),
        stream=_one(rng, (None, False, False, True)),
        reasoning_effort=_one(rng, (None, None, None, "low", "medium", "high")),
        response_format=_one(rng, (None, None, None, "json_object", "text")),
    )


def agent_params(rng: np.random.Generator) -> Params:
    """An agent with tools."""
    return Params(
        temperature=_one(rng, (None, None, 0.0, 0.2, 1.0)),
        max_tokens=_one(rng, (None, 4096, 8192, 16384, 32000)),
        stream=_one(rng, (True, True, None, False)),
        reasoning_effort=_one(rng, (None, None, "medium", "high")),
        tool_count=int(rng.integers(3, 28)),
        tools_hash=f"{int(rng.integers(1 << 62)):016x}",
    )


def settle(
    stage: Stage,
    rng: np.random.Generator,
    habits: NDArray[np.void],
    *,
    params: Sequence[Sequence[Params]],
    networks: Sequence[tuple[str, int]],
    clients: Sequence[Sequence[Client]],
) -> None:
    """Give each habit its parameters, addresses (kind of network and how many) and clients; one entry each."""
    for at, (chosen, (kind, count), used) in enumerate(zip(params, networks, clients, strict=True)):
        row = habits[at]
        row["params"], row["params_count"] = stage.add_params(*chosen), len(chosen)
        row["place"], row["places"] = stage.add_places(stage.market.places(rng, kind, count)), count
        row["client"], row["clients"] = stage.add_clients(*used), len(used)


def _one(rng: np.random.Generator, options: Sequence[_T]) -> _T:
    return options[int(rng.integers(len(options)))]
