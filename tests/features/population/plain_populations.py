"""Populations in plain Python: dictionaries of lists, one event at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.features.account.streams import Stream

DAY = 86_400_000
HOUR = 3_600_000
FREE = -1

Row = dict[str, Any]


def is_verdict(row: Row) -> bool:
    """Whether an event was refused by our own hook, or by somebody's earlier verdict."""
    return row["denied"] == 1 or row["status"] in {401, 403}


def batch_of(row: Row) -> Any:
    """Channel and six hours of a sign-up; None where unknown."""
    known = row["signup"] and row["account_created"] > 0
    return (row["signup"], row["account_created"] // (6 * HOUR)) if known else None


def objects_of(row: Row, sketch: Row) -> list[Any]:
    """What an event shows, by kind; None where the log has nothing."""
    text = sketch["present"] == 1
    asked = text and sketch["user_turns"] > 0
    client = row["user_agent"] and row["asn"] >= 0
    return [
        (asked and sketch["template"]) or None,
        (text and sketch["system"]) or None,
        (asked and sketch["head"]) or None,
        (asked and sketch["tail"]) or None,
        row["payment"] or None,
        row["device"] or None,
        row["ip_net"] or None,
        batch_of(row),
        (row["user_agent"], row["asn"], row["ja4"]) if client else None,
        _settings(row),
    ]


def _settings(row: Row) -> Any:
    given = [row[name] >= 0 for name in ("temperature", "top_p", "max_tokens")]
    if sum(given) + (row["seeded"] == 1) + (row["tools"] != 0) < 2:
        return None
    names = ("temperature", "top_p", "max_tokens", "n", "seeded", "tools")
    return (*(row[name] for name in names), row["logprobs"] == 1)


@dataclass
class Member:
    """An account's part."""

    count: int
    day: int
    last: int | None = None
    """which of the population's requests was its last one"""


@dataclass
class Population:
    """Everybody who showed an object, in the order of their first request."""

    kind: int
    thing: Any
    members: dict[int, Member] = field(default_factory=dict)
    requests: list[tuple[Row, Row, int]] = field(default_factory=list)
    """event, sketch and origin of each request since the third account"""
    gaps: list[int] = field(default_factory=list)
    """requests of others between two of a member"""

    def take(self, row: Row, sketch: Row, origin: int) -> None:
        """Count a request."""
        day = row["time"] // DAY
        member = self.members.setdefault(row["account"], Member(0, day))
        if member.last is not None:
            self.gaps.append(len(self.requests) - member.last - 1)
        member.last = len(self.requests)
        member.count += 1
        member.day = max(member.day, day)
        self.requests.append((row, sketch, origin))


@dataclass
class Shown:
    """An object that is no population yet, or no longer one."""

    accounts: Counter[int] = field(default_factory=Counter)
    hour: int = 0
    dropped: bool = False


class PlainPopulations:
    """Objects of some kinds; those of infrastructure are dropped above `most_members`."""

    def __init__(self, kinds: range, most_members: int = 10**9) -> None:
        self.kinds = kinds
        self.most_members = most_members
        self.shown: dict[tuple[int, Any], Shown] = {}
        self.rows: list[Population] = []
        self.row_of: dict[tuple[int, Any], int] = {}

    def fold(self, stream: Stream, order: list[int], origins: list[int]) -> list[list[int]]:
        """Fold events in `order`; the population of each event's objects."""
        out = [[FREE] * len(self.kinds) for _ in stream.events]
        for i in order:
            row, sketch = stream.events[i], stream.sketches[i]
            things = [] if is_verdict(row) else objects_of(row, sketch)
            for kind, thing in enumerate(things):
                if kind in self.kinds and thing is not None:
                    out[i][kind - self.kinds.start] = self._show(kind, thing, (row, sketch, origins[i]))
        return out

    def forget(self, before_day: int) -> list[int]:
        """Forget what was last shown before a day; the new row of each old one."""
        self.shown = {what: one for what, one in self.shown.items() if one.hour >= before_day * 24}
        for one in self.rows:
            one.members = {who: member for who, member in one.members.items() if member.day >= before_day}
        left = [at for at, one in enumerate(self.rows) if one.members]
        renumbered = {old: new for new, old in enumerate(left)}
        out = [renumbered.get(at, FREE) for at in range(len(self.rows))]
        self.rows = [self.rows[at] for at in left]
        self.row_of = {what: out[at] for what, at in self.row_of.items() if out[at] != FREE}
        return out

    def _show(self, kind: int, thing: Any, request: tuple[Row, Row, int]) -> int:
        account = request[0]["account"]
        one = self.shown.setdefault((kind, thing), Shown())
        one.hour = max(one.hour, request[0]["time"] // HOUR)
        at = self.row_of.get((kind, thing), FREE)
        if at == FREE and not one.dropped:
            if account in one.accounts or len(one.accounts) < 2:
                one.accounts[account] += 1
                return FREE
            at = self._promote(kind, thing, one)
        if one.dropped:
            return FREE
        members = self.rows[at].members
        if kind >= 4 and account not in members and len(members) >= self.most_members:
            one.dropped = True
            self.rows[at] = Population(kind, None)
            del self.row_of[kind, thing]
            return FREE
        self.rows[at].take(*request)
        return at

    def _promote(self, kind: int, thing: Any, one: Shown) -> int:
        day = one.hour // 24
        members = {account: Member(count, day) for account, count in one.accounts.items()}
        self.rows.append(Population(kind, thing, members))
        self.row_of[kind, thing] = len(self.rows) - 1
        return len(self.rows) - 1


class PlainServed:
    """To whom each answer was served."""

    def __init__(self) -> None:
        self.accounts: dict[int, set[int]] = {}
        self.days: dict[int, int] = {}

    def trace(self, stream: Stream, order: list[int]) -> list[int]:
        """To whom each event's newest earlier answer was served; FREE where unknown or several."""
        out = [FREE] * len(stream.events)
        for i in order:
            row, sketch = stream.events[i], stream.sketches[i]
            if is_verdict(row):
                continue
            got = self.accounts.get(sketch["turns"][0], set())
            out[i] = next(iter(got)) if len(got) == 1 else FREE
            if sketch["response"]:
                self.accounts.setdefault(sketch["response"], set()).add(row["account"])
                day = max(self.days.get(sketch["response"], 0), row["time"] // DAY)
                self.days[sketch["response"]] = day
        return out

    def forget(self, before_day: int) -> None:
        """Forget answers that were last served before a day."""
        self.accounts = {key: who for key, who in self.accounts.items() if self.days[key] >= before_day}
        self.days = {key: day for key, day in self.days.items() if day >= before_day}
