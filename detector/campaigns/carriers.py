"""Carriers: the suspicious words that an account's work is made of, and the groups they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detector.campaigns.components import joined, ranked, tally
from detector.campaigns.kernels import thin_out
from detector.campaigns.measures import is_main, is_specific, share_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.incidence import Incidence
    from detector.campaigns.rules import LinkRules


def carriers(shown: Incidence, rules: LinkRules) -> Incidence:
    """The pairs in which the object is what the account is for, and hardly anybody else's.

    A pair stays when it holds a good part of what the account's largest one holds, and is nearly as exclusive
    as the account's most exclusive one: so a generic phrase loses to a campaign's own words.
    """
    some = shown.at(is_main(shown.weight, _best(shown, shown.weight), rules))
    own = exclusiveness(some, rules.doubt)[some.object]
    return some.at(is_specific(own, _best(some, own), rules))


def exclusiveness(shown: Incidence, doubt: float = 0.0) -> NDArray[np.float64]:
    """Share of covered accounts among those that show each object, shape (objects,)."""
    share: NDArray[np.float64] = share_of(shown.covered(), shown.members, doubt)
    return share


def carried(shown: Incidence) -> NDArray[np.int64]:
    """Groups of accounts, shape (accounts,), that objects of `shown` connect."""
    return joined(np.arange(shown.accounts), shown.account, shown.object)


def needless(shown: Incidence, stragglers: float) -> NDArray[np.bool_]:
    """Objects whose accounts all but a few are linked by smaller objects as well, shape (objects,).

    Taken away one after the other, the largest first. What is left holds groups together by what is most
    their own, so that a phrase that two operators use does not make them one.
    """
    number = shown.covered()
    degree = np.bincount(shown.account[number[shown.object] > 1], minlength=shown.accounts)
    order = np.lexsort((shown.keys, -number))
    by_object = np.argsort(shown.object, kind="stable")
    starts = np.searchsorted(shown.object[by_object], np.arange(len(shown.rows) + 1))
    out = np.zeros(len(shown.rows), dtype=np.bool_)
    thin_out(order[number[order] > 1], starts, shown.account[by_object], degree, stragglers, out)
    return out


def kept_apart(shown: Incidence, stragglers: float) -> NDArray[np.int64]:
    """Groups of accounts without the needless objects, shape (accounts,); stragglers join the likeliest."""
    extra = needless(shown, stragglers)
    pairs = shown.at(~extra[shown.object])
    cores = carried(pairs)
    held = np.zeros(shown.accounts, dtype=np.bool_)
    held[pairs.account] = True
    return _with_stragglers(shown, extra, cores, held)


def _with_stragglers(
    shown: Incidence, extra: NDArray[np.bool_], cores: NDArray[np.int64], held: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Put each account that is in no core into the core that has most of its largest object."""
    lost = shown.at(extra[shown.object] & ~held[shown.account])
    if len(lost.account) == 0:
        return cores
    order = np.lexsort((lost.keys[lost.object], -lost.weight, lost.account))
    _, first = np.unique(lost.account[order], return_index=True)
    chosen = order[first]
    home = _likeliest(shown.at(held[shown.account]), cores)[lost.object[chosen]]
    out = cores.copy()
    found = home >= 0
    out[lost.account[chosen][found]] = home[found]
    return ranked(out)


def _likeliest(shown: Incidence, cores: NDArray[np.int64]) -> NDArray[np.int64]:
    """The core that has most accounts of each object, shape (objects,), -1: none; ties by the cores' keys."""
    name = np.full(int(cores.max()) + 1, np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(name, cores[shown.account], shown.keys[shown.object])
    core, thing, number = tally(cores, shown.account, shown.object)
    order = np.lexsort((name[core], -number, thing))
    things, first = np.unique(thing[order], return_index=True)
    out = np.full(len(shown.rows), -1, dtype=np.int64)
    out[things] = core[order[first]]
    return out


def _best(shown: Incidence, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest `value` of each pair's account, shape (pairs,)."""
    best = np.zeros(shown.accounts)
    np.maximum.at(best, shown.account, value)
    return best[shown.account]
