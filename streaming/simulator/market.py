"""The market: networks, clients, models and ways to sign up that the accounts of a world have in common.

Everything here is drawn by world and used by honest and hostile accounts alike, so that no address, client
or parameter means anything by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.facts import Client, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_COUNTRIES: Final = (
    "US", "US", "US", "DE", "IN", "IN", "CN", "BR", "JP", "GB", "FR", "KR", "SG", "NL", "CA", "VN",
    "PL", "NG",
)  # fmt: skip
_KINDS: Final = {
    "home": (60, 0),
    "mobile": (20, 300),
    "cloud": (25, 0),
    "vpn": (8, 60),
    "campus": (30, 8),
    "office": (60, 5),
}
"""Kind of network: operators in a world, and the most exits that customers of one share (0: none)."""
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
_DEVICELESS: Final = 0.15
"""Share of browsers and command lines that show no device."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A network operator with its address blocks."""

    asn: int
    country: str
    blocks: tuple[tuple[int, int], ...]
    """first two bytes of each /16"""
    exits: int = 0
    """addresses that all customers come from (NAT, VPN); 0: each customer has an address"""

    def place(self, rng: np.random.Generator) -> Place:
        """Some address of this operator."""
        return self.at(float(rng.random()))

    def at(self, share: float) -> Place:
        """The address at `share` of this operator's; of shared exits, the first are the busiest."""
        if self.exits:
            word = (int(share * share * self.exits) + 1) * 0x9E3779B1 & 0xFFFFFF
        else:
            word = int(share * 0xFFFFFF)
        high, low = self.blocks[word % len(self.blocks)]
        return Place(f"{high}.{low}.{word >> 16}.{1 + (word >> 8 & 255) % 254}", self.asn, self.country)


@dataclass(frozen=True, slots=True)
class Market:
    """What is on offer in one world."""

    providers: dict[str, tuple[Provider, ...]]
    sdks: tuple[Client, ...]
    sdk_weights: tuple[float, ...]
    browsers: tuple[Client, ...]
    coders: tuple[Client, ...]
    models: tuple[str, ...]
    """the last one is the newest, from the clock's release on"""
    provider: str

    @classmethod
    def open(cls, rng: np.random.Generator) -> Market:
        """A market of random operators, versions and names."""
        providers = {
            kind: tuple(_provider(rng, most) for _ in range(count)) for kind, (count, most) in _KINDS.items()
        }
        # Residential proxies are other people's connections, so they share their operators.
        providers["residential_proxy"] = providers["home"][:25]
        sdks, weights = _sdks(rng)
        name = str(rng.choice(["nova", "orion", "lyra", "vega", "altair", "mira"]))
        series = int(rng.integers(2, 6))
        models = tuple(f"{name}-{size}-{series}" for size in ("mini", "medium", "large"))
        newest = f"{name}-large-{series + 1}"
        return cls(providers, sdks, weights, _browsers(rng), _coders(rng), (*models, newest), name)

    def network(self, rng: np.random.Generator, kind: str) -> Provider:
        """An operator of a kind; the first ones have most of the customers."""
        offers = self.providers[kind]
        return offers[int(rng.random() ** 2 * len(offers))]

    def places(self, rng: np.random.Generator, kind: str, count: int = 1) -> list[Place]:
        """Addresses of one operator."""
        provider = self.network(rng, kind)
        return [provider.place(rng) for _ in range(count)]

    def addresses(
        self, rng: np.random.Generator, kinds: Sequence[str], counts: NDArray[np.int64], *, roams: bool
    ) -> list[Place]:
        """`counts[k]` addresses of kind `kinds[k]` in a row for each k, of one operator unless it roams."""
        popular = rng.random(len(kinds)) ** 2
        owner = np.repeat(popular, counts)
        if roams:
            owner = np.where(rng.random(len(owner)) < 0.5, rng.random(len(owner)) ** 2, owner)  # noqa: PLR2004 - every other address is elsewhere
        share = rng.random(len(owner))
        each = np.repeat(np.arange(len(kinds)), counts)
        found = []
        for at, of, where in zip(each.tolist(), owner.tolist(), share.tolist(), strict=True):
            offers = self.providers[kinds[at]]
            found.append(offers[int(of * len(offers))].at(where))
        return found

    def clients(self, rng: np.random.Generator, kinds: Sequence[str]) -> list[Client]:
        """A client of each kind: `sdk`, `browser` or `coder`."""
        count = len(kinds)
        popular = rng.random(count) ** 2
        sdk = rng.choice(len(self.sdks), size=count, p=self.sdk_weights)
        device = rng.integers(1 << 62, size=count)
        device[rng.random(count) < _DEVICELESS] = 0
        found = []
        for kind, of, library, word in zip(
            kinds, popular.tolist(), sdk.tolist(), device.tolist(), strict=True
        ):
            if kind == "sdk":
                found.append(self.sdks[library])
                continue
            stock = self.browsers if kind == "browser" else self.coders
            made = stock[int(of * len(stock))]
            found.append(Client(made.user_agent, made.ja4, f"{word:016x}" if word else None))
        return found

    def sdk(self, rng: np.random.Generator) -> Client:
        """A client library of the popular ones, without a device."""
        return self.sdks[int(rng.choice(len(self.sdks), p=self.sdk_weights))]

    def coder(self, rng: np.random.Generator) -> Client:
        """A coding tool's command line with a device of its own."""
        made = self.coders[int(rng.random() ** 2 * len(self.coders))]
        return replace(made, device_id=f"{rng.integers(1 << 62):016x}")


def _provider(rng: np.random.Generator, most: int) -> Provider:
    blocks = tuple(
        (int(rng.integers(11, 223)), int(rng.integers(256))) for _ in range(int(rng.integers(1, 5)))
    )
    exits = int(rng.integers(1, most + 1)) if most else 0
    return Provider(int(rng.integers(1_000, 400_000)), str(rng.choice(_COUNTRIES)), blocks, exits)


def _browsers(rng: np.random.Generator) -> tuple[Client, ...]:
    return tuple(
        Client(f"Mozilla/5.0 {rng.choice(_BROWSERS)}{rng.integers(10)}", _ja4(rng, 7)) for _ in range(60)
    )


def _coders(rng: np.random.Generator) -> tuple[Client, ...]:
    return tuple(
        Client(f"{rng.choice(_CODERS)}/{rng.integers(3)}.{rng.integers(12)}.{rng.integers(30)}", _ja4(rng, 3))
        for _ in range(60)
    )


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
