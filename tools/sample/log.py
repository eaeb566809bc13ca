"""Accounts and requests of the bundled sample log, field by field as in docs/events.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tools.sample import words

if TYPE_CHECKING:
    from random import Random

START: Final = datetime(2026, 6, 1, tzinfo=UTC)
DAYS: Final = 4
MODEL: Final = "lyra-large-4"

Event = dict[str, Any]


def stamp(seconds: float) -> str:
    """RFC 3339 of so many seconds after the log's start."""
    moment = START + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text(rng: Random, tokens: int) -> str:
    """An answer as the gateway keeps it: its beginning."""
    return words.several(rng, words.STATEMENTS, max(1, min(tokens // 25, 4)))


@dataclass(slots=True)
class Account:
    """One account: who it is, and the events that it has made so far."""

    rng: Random
    role: str
    agent: str
    asn: int
    networks: list[str]
    age_days: float
    plan: str
    human: str | None = "none"
    ends: list[str] = field(default_factory=list)
    params: Event = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    name: str = field(init=False)
    org: str = field(init=False)
    key: str = field(init=False)
    payment: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"acct_{self.rng.randbytes(4).hex()}"
        self.org = f"org_{self.rng.randbytes(3).hex()}"
        self.key = f"key_{self.rng.randbytes(4).hex()}"
        self.payment = self.rng.randbytes(6).hex()

    def ask(
        self, at: float, messages: list[Event], tokens: tuple[int, int], session: str, **params: Any
    ) -> str:
        """Add a request `at` seconds after the start, with (input, output) tokens; its answer."""
        rng = self.rng
        sent, got = tokens
        answer = params.pop("response", None) or text(rng, got)
        self.events.append({
            "time": stamp(at), "account_id": self.name, "org_id": self.org, "api_key_id": self.key,
            "end_user_id": rng.choice(self.ends) if self.ends else None, "session_id": session,
            "model": MODEL, "provider": "lyra", "operation": "chat", "status": 200, "finish_reason": "stop",
            "stream": False, "latency_ms": 300 + 9 * got + rng.randint(0, 900), "input_tokens": sent,
            "output_tokens": got, "cached_input_tokens": 0, "temperature": 1.0, "top_p": 1.0,
            "max_tokens": 4096, "n": 1, "logprobs": False, "logit_bias_size": 0, "tool_count": 0,
            "client_ip": rng.choice(self.networks), "client_asn": self.asn, "user_agent": self.agent,
            "account_created": stamp(-86_400 * self.age_days)[:10] + "T00:00:00Z", "plan": self.plan,
            "payment_fingerprint": self.payment, "human_token": self.human,
            "messages": messages, "response": answer, **self.params, **params,
        })  # fmt: skip
        return answer


def network(rng: Random) -> str:
    """An address of the ranges that are set aside for benchmarks (RFC 2544)."""
    return f"198.{rng.choice((18, 19))}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


def moments(rng: Random, count: int, first: float, last: float, *, office: bool) -> list[float]:
    """Ascending times between two days; in office hours people work, by night few do."""
    found: list[float] = []
    while len(found) < count:
        day, hour = rng.uniform(first, last), rng.gauss(14, 3.5) % 24 if office else rng.uniform(0, 24)
        found.append(int(day) * 86_400 + hour * 3600)
    return sorted(found)


def user(content: str) -> Event:
    """A user's message."""
    return {"role": "user", "content": content}


def system(content: str) -> Event:
    """A system prompt."""
    return {"role": "system", "content": content}
