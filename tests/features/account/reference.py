"""The account fold in plain Python: dictionaries, lists and whole numbers, one event at a time."""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

MASK = 2**64 - 1
DAY = 86_400_000
LARGE = ("contents", "shingles")
SMALL = (
    "template_kinds", "openings", "sessions", "models", "end_users", "networks", "asns", "agents", "devices",
    "days",
)  # fmt: skip
TRACKED = ("templates", "heads", "tails", "systems", "settings")
COUNTED_BY = {
    "input_tokens": "with_input", "log_input": "with_input", "log_input_sq": "with_input",
    "output_tokens": "with_output", "log_output": "with_output", "log_output_sq": "with_output",
    "cached_tokens": "with_cached", "reasoning_tokens": "reasoned",
    "log_limit": "with_limit", "fill": "filled",
    "temperature": "with_temperature", "bias_size": "biased",
    "log_user": "with_user", "log_user_sq": "with_user",
    "log_gap": "gaps", "log_gap_sq": "gaps",
}  # fmt: skip
NEVER_HALVED = ("total", "denied")


def mix64(x: int) -> int:
    """The finaliser of SplitMix64."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def log256(value: int) -> int:
    """256 log2(1 + value), to the nearest whole number."""
    return math.floor(256 * math.log2(1 + value) + 0.5)


class HyperLogLog:
    """Ranks by register; a rank counts trailing zeros from 1 to 15."""

    def __init__(self, size: int) -> None:
        self.ranks = [0] * size

    def add(self, value: int) -> None:
        """Add a 64-bit hash: the register by its remainder, the rank by the zeros at the end of the rest."""
        rest, at = divmod(value, len(self.ranks))
        zeros = (rest & -rest).bit_length() - 1 if rest else 64
        self.ranks[at] = max(self.ranks[at], min(zeros + 1, 15))

    def thin(self) -> None:
        """Forget half of the values."""
        self.ranks = [max(rank - 1, 0) for rank in self.ranks]

    def estimate(self) -> float:
        """How many different values there were."""
        size = len(self.ranks)
        empty = self.ranks.count(0)
        raw = (0.673 if size == 16 else 0.709) * size**2 / sum(2.0**-rank for rank in self.ranks)
        return size * math.log(size / empty) if empty and raw <= 2.5 * size else raw


class SpaceSaving:
    """Three counters; the first of the lowest goes to a value that has none."""

    def __init__(self) -> None:
        self.slots: list[tuple[Any, int]] = [(None, 0)] * 3

    def add(self, key: Any) -> None:
        """Count a value."""
        known = [at for at, (held, count) in enumerate(self.slots) if count and held == key]
        at = known[0] if known else min(range(3), key=lambda i: self.slots[i][1])
        self.slots[at] = (key, self.slots[at][1] + 1)

    @property
    def counts(self) -> list[int]:
        """Counts by slot."""
        return [count for _, count in self.slots]


@dataclass
class Account:
    """One account's row. `n` holds counters and sums by name."""

    n: Counter[str] = field(default_factory=Counter)
    hours: list[int] = field(default_factory=lambda: [0] * 24)
    purposes: list[int] = field(default_factory=lambda: [0] * 8)
    distinct: dict[str, HyperLogLog] = field(
        default_factory=lambda: {name: HyperLogLog(64 if name in LARGE else 16) for name in LARGE + SMALL}
    )
    tracked: dict[str, SpaceSaving] = field(default_factory=lambda: {name: SpaceSaving() for name in TRACKED})
    served: deque[int] = field(default_factory=lambda: deque([0] * 8, maxlen=8))
    recent: deque[int] = field(default_factory=lambda: deque([0] * 4, maxlen=4))
    first: int = 0
    last: int = 0
    last_end: int = 0
    created: int = 0
    last_gap: int = 0
    day: int = 0
    day_events: int = 0
    day_peak: int = 0
    halvings: int = 0

    def fold(self, row: dict[str, Any], sketch: dict[str, Any]) -> None:
        """Take one event."""
        if row["denied"] == 1 or row["status"] in {401, 403}:
            self.n["denied"] += 1
            return
        if not self.n["total"]:
            self.first = self.last = self.last_end = row["time"]
            self.created = -1
        self.n.update(("events", "total"))
        self._outcome(row)
        self._tokens(row)
        self._parameters(row)
        self._identity(row)
        self._timing(row)
        if sketch["present"] == 1:
            self._text(sketch)

    def decay(self, now: int, half_life: int) -> None:
        """Forget by halves, once for every half-life since the first request."""
        while self.n["total"] and self.halvings < (now - self.first) // half_life:
            self._halve()
            self.halvings += 1

    def _halve(self) -> None:
        # A sum keeps its mean over the events that its counter still has.
        for name, counter in COUNTED_BY.items():
            count = self.n[counter]
            odd = self.n[name] // count if count % 2 else 0
            self.n[name] = (self.n[name] - odd) // 2
        for name in self.n:
            if name not in COUNTED_BY and name not in NEVER_HALVED:
                self.n[name] //= 2
        self.day_peak //= 2
        self.hours = [count // 2 for count in self.hours]
        self.purposes = [count // 2 for count in self.purposes]
        for top in self.tracked.values():
            top.slots = [(key, count // 2) for key, count in top.slots]
        for sketch in self.distinct.values():
            sketch.thin()

    def _count(self, **conditions: bool) -> None:
        self.n.update(name for name, holds in conditions.items() if holds)

    def _outcome(self, row: dict[str, Any]) -> None:
        status = row["status"]
        failed = status >= 400
        self._count(
            ok=not failed,
            limited=status == 429,
            errors=failed and status != 429,
            finished=row["finish"] >= 0,
            capped=row["finish"] == 1,
            refused=row["finish"] == 3,
            with_human=row["human"] >= 0,
            human_valid=row["human"] == 1,
        )

    def _tokens(self, row: dict[str, Any]) -> None:
        out, limit = row["output_tokens"], row["max_tokens"]
        if row["input_tokens"] >= 0:
            self._sum("input", "input_tokens", row["input_tokens"])
        if out >= 0 and row["status"] < 400:
            self._sum("output", "output_tokens", out)
            if limit > 0:
                self.n["filled"] += 1
                self.n["fill"] += min(1024 * out // limit, 1024)
        if row["cached_tokens"] >= 0:
            self.n["with_cached"] += 1
            self.n["cached_tokens"] += row["cached_tokens"]
        if row["reasoning_tokens"] > 0:
            self.n["reasoned"] += 1
            self.n["reasoning_tokens"] += row["reasoning_tokens"]

    def _sum(self, what: str, total: str, value: int) -> None:
        self.n[f"with_{what}"] += 1
        self.n[total] += value
        self.n[f"log_{what}"] += log256(value)
        self.n[f"log_{what}_sq"] += log256(value) ** 2

    def _parameters(self, row: dict[str, Any]) -> None:
        limit, temperature, bias = row["max_tokens"], row["temperature"], row["logit_bias"]
        self._count(
            with_limit=limit >= 0,
            one_token=limit == 1,
            with_temperature=temperature >= 0,
            cold=temperature == 0,
            warm=temperature >= 500,
            seeded=row["seeded"] == 1,
            sampled=row["n"] > 1,
            logprobs=row["logprobs"] == 1 or row["top_logprobs"] > 0,
            biased=bias > 0,
            formatted=row["formatted"] == 1,
            tooled=row["tool_count"] > 0,
            effortful=row["effort"] == 3,
        )
        self.n["log_limit"] += log256(limit) if limit >= 0 else 0
        self.n["temperature"] += max(temperature, 0)
        self.n["bias_size"] += max(bias, 0)
        same = ("temperature", "top_p", "max_tokens", "n", "seeded")
        self.tracked["settings"].add((*(row[name] for name in same), row["logprobs"] == 1))

    def _identity(self, row: dict[str, Any]) -> None:
        if row["account_created"] > 0:
            self.created = row["account_created"]
        hashed = {
            "sessions": "session", "end_users": "end_user", "models": "model", "networks": "ip_net",
            "agents": "user_agent", "devices": "device",
        }  # fmt: skip
        for kept, name in hashed.items():
            if row[name]:
                self.distinct[kept].add(row[name])
        if row["asn"] >= 0:
            self.distinct["asns"].add(mix64(row["asn"] + 1))

    def _timing(self, row: dict[str, Any]) -> None:
        time = row["time"]
        self._day(time)
        self._count(early=time < self.first + DAY)
        if self.n["total"] > 1:
            self._gap(time)
        self.first, self.last = min(self.first, time), max(self.last, time)
        self.last_end = max(self.last_end, row["available"])

    def _day(self, time: int) -> None:
        day, within = divmod(time, DAY)
        if day != self.day:
            self.day, self.day_events = day, 0
            self.distinct["days"].add(mix64(day))
        self.day_events += 1
        self.day_peak = max(self.day_peak, self.day_events)
        self.hours[within // 3_600_000] += 1

    def _gap(self, time: int) -> None:
        gap = min(max(time - self.last, 0), 2 * 10**9)
        self.n["gaps"] += 1
        self.n["log_gap"] += log256(gap)
        self.n["log_gap_sq"] += log256(gap) ** 2
        self._count(
            instant_gaps=gap < 1000,
            even_gaps=gap >= 1000 and abs(gap - self.last_gap) * 20 <= self.last_gap,
            overlaps=time < self.last_end,
        )
        self.last_gap = gap

    def _text(self, sketch: dict[str, Any]) -> None:
        content = sketch["content"] >> 32
        self._count(
            with_text=True,
            repeated=content in self.recent,
            single_turn=sketch["assistant_turns"] == 0,
            tool_results=sketch["tool_turns"] > 0,
            with_system=sketch["system"] != 0,
        )
        self.recent.append(content)
        self.distinct["contents"].add(sketch["content"])
        if sketch["opening"]:
            self.distinct["openings"].add(sketch["opening"])
        if sketch["system"]:
            self.tracked["systems"].add(sketch["system"])
        for at, score in enumerate(sketch["purposes"]):
            self.purposes[at] += score >= 128
        if sketch["user_turns"] > 0:
            self._user_text(sketch)
        self._history(sketch)

    def _user_text(self, sketch: dict[str, Any]) -> None:
        length = log256(sketch["user_bytes"])
        self.n["with_user"] += 1
        self.n["log_user"] += length
        self.n["log_user_sq"] += length**2
        for kept, name in {"templates": "template", "heads": "head", "tails": "tail"}.items():
            self.tracked[kept].add(sketch[name])
        self.distinct["template_kinds"].add(sketch["template"])
        for shingle in sketch["shingles"]:
            self.distinct["shingles"].add(mix64(shingle))

    def _history(self, sketch: dict[str, Any]) -> None:
        newest, response = sketch["turns"][0] >> 32, sketch["response"] >> 32
        self._count(with_history=sketch["turns"][0] != 0, own_history=newest != 0 and newest in self.served)
        if sketch["response"]:
            self.served.append(response)
