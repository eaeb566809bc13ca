"""What a campaign's members have in common, and how rare that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.alert import Reason
from detector.campaigns.campaign import SharedObject
from detector.campaigns.incidence import incidence
from detector.campaigns.kinds import is_of, kind_name
from features.account.fold import DAY
from features.population.layout import KINDS, WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detector.campaigns.incidence import Incidence
    from detector.campaigns.rules import LinkRules
    from detector.campaigns.view import View

SHOWN: Final = 16
"""Objects kept of a campaign: half of them at most words, half infrastructure."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The objects that link a campaign, heaviest first, and who shows them."""

    objects: tuple[SharedObject, ...]
    accounts: NDArray[np.int64]
    """of each pair of a member and an object, the member's row"""
    places: NDArray[np.int64]
    """of each pair, the position in `objects`"""
    requests: NDArray[np.int64]
    """of each pair, the member's requests that show the object"""

    @property
    def shared(self) -> int:
        """Requests in what members have in common: of each member, those with its commonest words.

        Where no words are shared, those with what most of its requests show.
        """
        words = np.array([KINDS.index(one.kind) in WORDS for one in self.objects], dtype=np.bool_)
        told = words[self.places] | ~words.any()
        _, member = np.unique(self.accounts[told], return_inverse=True)
        most = np.zeros(int(member.max(initial=-1)) + 1, dtype=np.int64)
        np.maximum.at(most, member, self.requests[told])
        return int(most.sum())


def evidence(
    members: NDArray[np.int64], view: View, end: int, rules: LinkRules, without: Sequence[str] = ()
) -> Evidence:
    """What `members` (rows) share as of `end` (ms): suspicious words, and infrastructure of few others.

    An object weighs as many bits as it is rare among everybody else, times the share of members that show it.
    Kinds of infrastructure may be left out.
    """
    once = replace(rules, least_requests=1)
    words = incidence(view.words, members, view.flagged, end // DAY, once)
    tools = incidence(view.means, members, None, end // DAY, once)
    tools = tools.at(~is_of(tools.kinds, without)[tools.object])
    return of_shown(words, tools, members, len(view.names), rules)


def of_shown(
    words: Incidence, tools: Incidence, members: NDArray[np.int64], everybody: int, rules: LinkRules
) -> Evidence:
    """The same of what `members` show, each once; `everybody` are all accounts seen."""
    parts = [
        *_heaviest(words, members, 0.0, everybody),
        *_heaviest(tools, members, rules.exclusive_pair, everybody),
    ]
    parts.sort(key=lambda part: (-part[0].weight, -part[0].requests, part[0].object_id))
    empty = np.zeros(0, dtype=np.int64)
    accounts = np.concatenate([empty, *(part[1] for part in parts)])
    requests = np.concatenate([empty, *(part[2] for part in parts)])
    places = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
    return Evidence(tuple(part[0] for part in parts), accounts, places, requests)


def reasons(shown: Evidence, members: int, accounts: int) -> tuple[Reason, ...]:
    """The heaviest object of each kind, in words; `accounts` are all that were seen."""
    first: dict[str, SharedObject] = {}
    for one in shown.objects:
        first.setdefault(one.kind, one)
    return tuple(
        Reason(f"shared_{one.kind}", one.weight, describe(one, members, accounts)) for one in first.values()
    )


def describe(one: SharedObject, members: int, accounts: int) -> str:
    """How many show the object, and how rare it is among everybody else."""
    others = max(accounts - members, 0)
    return (
        f"the same {kind_name(one.kind)} from {one.members:,} of {members:,} members "
        f"in {one.requests:,} requests, and from {one.others:,} of {others:,} other accounts"
    )


def _heaviest(
    shown: Incidence, members: NDArray[np.int64], least_own: float, accounts: int
) -> list[tuple[SharedObject, NDArray[np.int64], NDArray[np.int64]]]:
    """The heaviest objects, each with the rows of the members that show it and their requests."""
    number = shown.covered()
    requests = np.bincount(shown.object, shown.count, minlength=len(shown.rows)).astype(np.int64)
    others = np.maximum(shown.members - number, 0)
    weight = np.log2(np.maximum(accounts / (1 + others), 1.0)) * number / max(len(members), 1)
    linking = (number > 1) & (number >= least_own * shown.members)
    order = np.lexsort((shown.keys, -requests, -weight, ~linking))[: min(SHOWN // 2, int(linking.sum()))]
    out = []
    for at in order:
        kind = KINDS[int(shown.kinds[at])]
        object_id = f"{kind}:{int(shown.keys[at]):016x}"
        counts = int(number[at]), int(others[at]), int(requests[at])
        pairs = shown.object == at
        said = SharedObject(object_id, kind, *counts, weight=float(weight[at]))
        out.append((said, members[shown.account[pairs]], shown.count[pairs]))
    return out
