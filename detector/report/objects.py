"""Shared objects in words: what they are, who shows them, and how rare that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.campaigns.kinds import kind_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.campaigns.campaign import SharedObject

_KEY: Final = 8


def short_name(shared: SharedObject) -> str:
    """What it is, and enough of its hash to tell it from others."""
    key = shared.object_id.rpartition(":")[2]
    return f"{kind_name(shared.kind)} {key[:_KEY]}"


def spread(shared: SharedObject, members: int) -> str:
    """Who of the campaign shows it."""
    if shared.members >= members:
        return f"all {members:,} members"
    return f"{shared.members:,} of {members:,} members"


def rarity(shared: SharedObject, outside: int) -> str:
    """Who else shows it, of the accounts `outside` of the campaign."""
    if shared.others == 0:
        return "nobody else"
    share = f" ({100 * shared.others / outside:.2g} %)" if outside > 0 else ""
    return f"{shared.others:,} other{'s' if shared.others > 1 else ''}{share}"


def linked_by(evidence: Sequence[SharedObject], most: int) -> str:
    """The kinds of objects that link a campaign, the heaviest first, and how many of each."""
    weights: dict[str, float] = {}
    counts: dict[str, int] = {}
    for shared in evidence:
        weights[shared.kind] = weights.get(shared.kind, 0.0) + shared.weight
        counts[shared.kind] = counts.get(shared.kind, 0) + 1
    kinds = sorted(weights, key=lambda kind: (-weights[kind], kind))
    said = [kind_name(kind) + (f" ({counts[kind]})" if counts[kind] > 1 else "") for kind in kinds[:most]]
    return ", ".join([*said, *([f"{len(kinds) - most} more"] if len(kinds) > most else [])])
