"""In executors: the rules of linking over shards, each of whole components, groups or objects, in one call.

A shard is what the single process has of everything: arrays of pairs, numbered within it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from detector.campaigns.carriers import kept_apart
from detector.campaigns.evidence import of_shown
from detector.campaigns.incidence import Incidence
from detector.campaigns.infrastructure import Held, agreed, alone, together
from features.population.layout import MEANS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detector.campaigns.rules import LinkRules

GROUPED: Final = "account long, group long"
HELD: Final = "group long, key long, kind int, covered long, own double, size long"
NODES: Final = "group long, left long, right long"
EVIDENCE: Final = (
    "group long, place int, object string, kind string, members long, others long, requests long, "
    "weight double, account long, shown long"
)

_EVIDENCE: Final = pa.schema(
    {
        "group": pa.int64(),
        "place": pa.int32(),
        "object": pa.string(),
        "kind": pa.string(),
        "members": pa.int64(),
        "others": pa.int64(),
        "requests": pa.int64(),
        "weight": pa.float64(),
        "account": pa.int64(),
        "shown": pa.int64(),
    }
)


def cores(pairs: pa.Table, rules: LinkRules) -> pa.Table:
    """Part the accounts that carriers connect, and join parts that are run the same way: as GROUPED says.

    `pairs` are those of whole components, named in `root`, with carriers and with tools.
    """
    accounts, first = np.unique(pairs["account"].to_numpy(), return_index=True)
    whole = np.unique(pairs["root"].to_numpy()[first], return_inverse=True)[1]
    words, tools = _sides(pairs, accounts)
    labels = agreed(kept_apart(words, rules.stragglers), whole.astype(np.int64), tools, rules)
    # Accounts ascend, and so the first of each group is its smallest.
    _, smallest = np.unique(labels, return_index=True)
    return pa.table({"account": accounts, "group": accounts[smallest][labels]})


def nodes_alone(held: pa.Table, rules: LinkRules) -> pa.Table:
    """Groups and the objects that alone join them, as NODES says; all pairs of an object are here."""
    pairs = alone(_held(held), rules)
    keys = pairs.key.view(np.int64)
    return pa.table({"group": _groups(held)[pairs.group], "left": keys, "right": np.zeros_like(keys)})


def nodes_together(held: pa.Table, rules: LinkRules) -> pa.Table:
    """Groups and what joins them two by two, as NODES says; all pairs of a group are here."""
    left, right = together(_held(held), rules)
    keys = [side.key.view(np.int64) for side in (left, right)]
    return pa.table({"group": _groups(held)[left.group], "left": keys[0], "right": keys[1]})


def evidence(pairs: pa.Table, everybody: int, rules: LinkRules) -> pa.Table:
    """What the members of each group have in common, heaviest first: as EVIDENCE says, a row for each member.

    All `pairs` of a group are here; `everybody` is the number of accounts in the log.
    """
    groups = pairs["group"].to_numpy()
    order = np.argsort(groups, kind="stable")
    cuts = np.flatnonzero(np.diff(groups[order])) + 1
    some = [pairs.take(pa.array(part)) for part in np.split(order, cuts) if len(part)]
    found = [table for part in some for table in _evidence_of(part, everybody, rules)]
    return pa.concat_tables([_EVIDENCE.empty_table(), *found])


def _evidence_of(pairs: pa.Table, everybody: int, rules: LinkRules) -> Iterator[pa.Table]:
    accounts = np.unique(pairs["account"].to_numpy())
    words, tools = _sides(pairs, accounts)
    shown = of_shown(words, tools, np.arange(len(accounts)), everybody, rules)
    group = pairs["group"][0].as_py()
    for place, one in enumerate(shown.objects):
        here = shown.places == place
        said = (group, place, one.object_id, one.kind, one.members, one.others, one.requests, one.weight)
        columns = [pa.repeat(value, int(here.sum())) for value in said]
        columns += [pa.array(accounts[shown.accounts[here]]), pa.array(shown.requests[here])]
        yield pa.Table.from_arrays(columns, _EVIDENCE.names).cast(_EVIDENCE)


def _sides(pairs: pa.Table, accounts: NDArray[np.int64]) -> tuple[Incidence, Incidence]:
    """What is asked, and what accounts are run with."""
    is_word = pairs["kind"].to_numpy() < MEANS.start
    words, tools = (pairs.filter(pa.array(side)) for side in (is_word, ~is_word))
    return _incidence(words, accounts), _incidence(tools, accounts)


def _incidence(pairs: pa.Table, accounts: NDArray[np.int64]) -> Incidence:
    """Pairs as the single process has them, of `accounts`, ascending."""
    keys, first, place = np.unique(
        pairs["key"].to_numpy().view(np.uint64), return_index=True, return_inverse=True
    )
    return Incidence(
        accounts=len(accounts),
        rows=np.arange(len(keys)),
        keys=keys,
        kinds=pairs["kind"].to_numpy()[first].astype(np.int64),
        members=pairs["members"].to_numpy()[first],
        account=np.searchsorted(accounts, pairs["account"].to_numpy()),
        object=place,
        count=pairs["requests"].to_numpy(),
        weight=pairs["weight"].to_numpy(),
    )


def _held(held: pa.Table) -> Held:
    keys = held["key"].to_numpy().view(np.uint64)
    return Held(
        group=np.unique(held["group"].to_numpy(), return_inverse=True)[1],
        object=np.unique(keys, return_inverse=True)[1],
        key=keys,
        kind=held["kind"].to_numpy().astype(np.int64),
        covered=held["covered"].to_numpy(),
        own=held["own"].to_numpy(),
        size=held["size"].to_numpy(),
    )


def _groups(held: pa.Table) -> NDArray[np.int64]:
    return np.unique(held["group"].to_numpy())
