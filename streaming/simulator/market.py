"""The market: networks, clients, models and ways to sign up that the accounts of a world have in common.

Everything here is drawn by world and used by honest and hostile accounts alike, so that no address, client
or parameter means anything by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.facts import Client, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

_COUNTRIES: Final = ("US", "DE", "IN", "CN", "BR", "JP", "GB", "FR", "KR", "SG", "NL", "CA", "VN", "PL", "NG")
_KINDS: Final = {
    "home": 60,
    "mobile": 20,
    "cloud": 25,
    "vpn": 8,
    "campus": 30,
    "office": 60,
    "residential_proxy": 20,
}
"""Providers of each kind of network in a world."""
_SDKS: Final = (
    ("OpenAI/Python", (1, 2, 3), 0.3),
    ("OpenAI/JS", (4, 5, 6), 0.14),
    ("Anthropic/Python", (0, 1), 0.12),
    ("python-httpx", (0,), 0.1),
    ("langchain-openai", (0, 1), 0.07),
    ("litellm", (1,), 0.07),
    ("python-requests", (2,), 0.06),
    ("node-fetch", (2, 3), 0.04),
    ("Go-http-client", (1, 2), 0.04),
    ("aiohttp", (3,), 0.03),
    ("okhttp", (4, 5), 0.03),
)
_BROWSERS: Final = ("Chrome/14", "Firefox/14", "Safari/62", "Edg/14")
_CODERS: Final = ("claude-cli", "opencode", "codex-cli", "aider", "cline", "continue")


@dataclass(frozen=True, slots=True)
class Provider:
    """A network operator with its address blocks."""

    asn: int
    country: str
    blocks: tuple[tuple[int, int], ...]
    """first two bytes of each /16"""

    def place(self, rng: np.random.Generator) -> Place:
        """Some address of this operator."""
        high, low = self.blocks[int(rng.integers(len(self.blocks)))]
        return Place(f"{high}.{low}.{rng.integers(256)}.{rng.integers(1, 255)}", self.asn, self.country)


@dataclass(frozen=True, slots=True)
class Market:
    """What is on offer in one world."""

    providers: dict[str, tuple[Provider, ...]]
    sdks: tuple[Client, ...]
    sdk_weights: tuple[float, ...]
    models: tuple[str, ...]
    """the last one is the newest, from the clock's release on"""
    provider: str

    @classmethod
    def open(cls, rng: np.random.Generator) -> Market:
        """A market of random operators, versions and names."""
        providers = {kind: tuple(_provider(rng) for _ in range(count)) for kind, count in _KINDS.items()}
        sdks, weights = _sdks(rng)
        name = str(rng.choice(["nova", "orion", "lyra", "vega", "altair", "mira"]))
        series = int(rng.integers(2, 6))
        models = tuple(f"{name}-{size}-{series}" for size in ("mini", "medium", "large"))
        return cls(providers, sdks, weights, (*models, f"{name}-large-{series + 1}"), name)

    def network(self, rng: np.random.Generator, kind: str) -> Provider:
        """An operator of a kind; the first ones have most of the customers."""
        offers = self.providers[kind]
        return offers[int(rng.random() ** 2 * len(offers))]

    def places(self, rng: np.random.Generator, kind: str, count: int = 1) -> list[Place]:
        """Addresses of one operator."""
        provider = self.network(rng, kind)
        return [provider.place(rng) for _ in range(count)]

    def sdk(self, rng: np.random.Generator) -> Client:
        """A client library of the popular ones, without a device."""
        return self.sdks[int(rng.choice(len(self.sdks), p=self.sdk_weights))]

    def browser(self, rng: np.random.Generator) -> Client:
        """A browser with a device of its own."""
        agent = f"Mozilla/5.0 {rng.choice(_BROWSERS)}{rng.integers(10)}"
        return Client(agent, _ja4(rng, 7), f"{rng.integers(1 << 62):016x}")

    def coder(self, rng: np.random.Generator) -> Client:
        """A coding agent's command line."""
        agent = f"{rng.choice(_CODERS)}/{rng.integers(3)}.{rng.integers(12)}.{rng.integers(30)}"
        return Client(agent, _ja4(rng, 3), f"{rng.integers(1 << 62):016x}")


def _provider(rng: np.random.Generator) -> Provider:
    blocks = tuple(
        (int(rng.integers(11, 223)), int(rng.integers(256))) for _ in range(int(rng.integers(1, 5)))
    )
    return Provider(int(rng.integers(1_000, 400_000)), str(rng.choice(_COUNTRIES)), blocks)


def _sdks(rng: np.random.Generator) -> tuple[tuple[Client, ...], tuple[float, ...]]:
    clients, weights = [], []
    for name, majors, weight in _SDKS:
        for _ in range(4):
            major = majors[int(rng.integers(len(majors)))]
            version = f"{major}.{rng.integers(0, 90)}.{rng.integers(0, 12)}"
            clients.append(
                Client(f"{name}/{version}" if "/" not in name else f"{name} {version}", _ja4(rng, 40))
            )
            weights.append(weight * rng.gamma(0.7))
    share = np.array(weights) / sum(weights)
    return tuple(clients), tuple(share)


def _ja4(rng: np.random.Generator, variety: int) -> str:
    """One of `variety` fingerprints a world would show of this kind of client."""
    word = int(rng.integers(variety)) * 0x9E3779B97F4A7C15 & ((1 << 96) - 1) | 1 << 90
    text = f"{word:024x}"
    return f"t13d{10 + word % 9}{10 + word % 7}h2_{text[:12]}_{text[12:]}"


def pick(rng: np.random.Generator, choices: Sequence[str], weights: Sequence[float] | None = None) -> str:
    """One of several words."""
    if weights is None:
        return choices[int(rng.integers(len(choices)))]
    share = np.array(weights) / sum(weights)
    return choices[int(rng.choice(len(choices), p=share))]
