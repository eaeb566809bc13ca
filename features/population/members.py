"""Members: which account has which part in which population, found by a pair of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import njit, uint64

from features.hashing import mix64
from features.population.layout import EDGES, FREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import Word
    from features.population.layout import Tables
    from features.rows import Record

STEADY: Final = 2
"""Requests of a member who came back."""


@njit(cache=True, nogil=True)
def members_of(population: int, groups: NDArray[np.void], edges: NDArray[np.void]) -> NDArray[np.int64]:
    """The edges of a population, the newest member first."""
    out = np.empty(groups[population].members, dtype=np.int64)
    at = groups[population].edge
    for found in range(out.shape[0]):
        out[found] = at
        at = edges[at].next_member
    return out


@njit(cache=True, nogil=True)
def mark_members(
    populations: NDArray[np.integer[Any]],
    groups: NDArray[np.void],
    edges: NDArray[np.void],
    out: NDArray[np.bool_],
) -> None:
    """Set `out`, by account, for the members of `populations`."""
    for population in populations:
        at = groups[population].edge
        while at != FREE:
            out[edges[at].account] = True
            at = edges[at].next_member


@njit(cache=True, nogil=True)
def is_member(tables: Tables, population: int, account: int) -> bool:
    """Whether an account has shown the object of a population."""
    return tables.pairs[_pair_slot(population, account, tables.pairs, tables.edges)] != FREE


@njit(cache=True, nogil=True, inline="always")
def enter(tables: Tables, population: int, account: int, count: int, day: int) -> int:
    """Count requests of a member, who may be new; the number of its edge."""
    at = _pair_slot(population, account, tables.pairs, tables.edges)
    number = tables.pairs[at]
    if number == FREE:
        number = _new_edge(tables, population, account)
        tables.pairs[at] = number
    _add(tables.groups[population], tables.edges[number], count, day)
    return number


@njit(cache=True, nogil=True)
def _add(group: Record, edge: Record, count: int, day: int) -> None:
    group.steady += edge.count < STEADY and edge.count + count >= STEADY
    group.squares += count * (2 * edge.count + count)
    group.events += count
    edge.count += count
    edge.day = max(edge.day, day)
    group.most = max(group.most, edge.count)


@njit(cache=True, nogil=True)
def drop_members(group: Record, edges: NDArray[np.void], of_account: NDArray[np.int32]) -> None:
    """Take a population's edges out of both lists; they stay unused until the table is compacted."""
    at = group.edge
    while at != FREE:
        edge = edges[at]
        if edge.prior_population == FREE:
            of_account[edge.account] = edge.next_population
        else:
            edges[edge.prior_population].next_population = edge.next_population
        if edge.next_population != FREE:
            edges[edge.next_population].prior_population = edge.prior_population
        edge.population = FREE
        at = edge.next_member
    _empty(group)


@njit(cache=True, nogil=True)
def index_edges(edges: NDArray[np.void], pairs: NDArray[np.int32]) -> None:
    """Enter `edges` into empty `pairs`."""
    for number in range(edges.shape[0]):
        edge = edges[number]
        if edge.population != FREE:
            pairs[_pair_slot(edge.population, edge.account, pairs, edges)] = number


@njit(cache=True, nogil=True)
def rejoin(groups: NDArray[np.void], edges: NDArray[np.void], of_account: NDArray[np.int32]) -> None:
    """Count members and build both linked lists anew; `of_account` starts without any, no edge is unused."""
    for population in range(groups.shape[0]):
        _empty(groups[population])
    for number in range(edges.shape[0]):
        edge = edges[number]
        group = groups[edge.population]
        _link(edges, number, group, of_account)
        group.steady += edge.count >= STEADY
        group.squares += edge.count * edge.count
        group.events += edge.count
        group.most = max(group.most, edge.count)


@njit(cache=True, nogil=True)
def _pair_slot(population: int, account: int, pairs: NDArray[np.int32], edges: NDArray[np.void]) -> Word:
    mask = uint64(pairs.shape[0] - 1)
    at = mix64((uint64(population) << uint64(32)) | uint64(account)) & mask
    while pairs[at] != FREE:
        edge = edges[pairs[at]]
        if edge.population == population and edge.account == account:
            return at
        at = (at + uint64(1)) & mask
    return at


@njit(cache=True, nogil=True)
def _new_edge(tables: Tables, population: int, account: int) -> int:
    number = tables.used[EDGES]
    tables.used[EDGES] += 1
    edge = tables.edges[number]
    edge.population = population
    edge.account = account
    edge.at = FREE
    _link(tables.edges, number, tables.groups[population], tables.of_account)
    return number


@njit(cache=True, nogil=True)
def _empty(group: Record) -> None:
    group.edge = FREE
    group.members = 0
    group.steady = 0
    group.events = 0
    group.most = 0
    group.squares = 0


@njit(cache=True, nogil=True)
def _link(edges: NDArray[np.void], number: int, group: Record, of_account: NDArray[np.int32]) -> None:
    edge = edges[number]
    edge.next_member = group.edge
    group.edge = number
    group.members += 1
    edge.prior_population = FREE
    edge.next_population = of_account[edge.account]
    if edge.next_population != FREE:
        edges[edge.next_population].prior_population = number
    of_account[edge.account] = number
