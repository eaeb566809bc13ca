"""What is known of the words that a group has in common: never the words, for only keyed hashes are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detector.campaigns.kinds import kind_name
from detector.report.objects import short_name
from features.population.vector import NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.campaign import SharedObject


def described(thing: SharedObject, vector: NDArray[np.float64] | None) -> tuple[str, ...]:
    """A wording (its hash, its slots, its length) in sentences; `vector` are its population's features."""
    first = (
        f"{short_name(thing)}: the same {kind_name(thing.kind)} in {thing.requests:,} requests of "
        f"{thing.members:,} members"
    )
    if vector is None:
        return (first,)
    said = [first, *_slots(vector), *_variants(vector), *_lengths(vector)]
    return tuple(said)


def coverage(vector: NDArray[np.float64]) -> float | None:
    """Estimated probability that the next item was asked before (Good 1953): what is covered of the items.

    One minus the share of requests whose input was new; None where no text is known.
    """
    novelty = _of(vector, "content_novelty")
    return None if np.isnan(novelty) else round(1.0 - novelty, 4)


def _slots(vector: NDArray[np.float64]) -> list[str]:
    novelty, words = _of(vector, "content_novelty"), _of(vector, "shingle_novelty")
    out = []
    if not np.isnan(novelty):
        out.append(f"what stands in its slots was new in {novelty:.0%} of the requests")
    if not np.isnan(words):
        out.append(
            f"about {max(1 - words, 0.0):.0%} of the words of a request are those of others: its frame"
        )
    return out


def _variants(vector: NDArray[np.float64]) -> list[str]:
    names = ("joint_template_variety", "head_variety", "tail_variety")
    shares = [_of(vector, name) for name in names]
    if np.isnan(shares).all():
        return []
    kinds = ("templates", "beginnings", "endings")
    said = [f"{kind} {share:.1%}" for kind, share in zip(kinds, shares, strict=True) if not np.isnan(share)]
    return [f"different ones per request: {', '.join(said)}"]


def _lengths(vector: NDArray[np.float64]) -> list[str]:
    middle, spread = _of(vector, "user_length"), _of(vector, "user_spread")
    out = []
    if not np.isnan(middle):
        wide = 0.0 if np.isnan(spread) else spread
        low, high = 2 ** (middle - wide), 2 ** (middle + wide)
        out.append(f"messages of about {2**middle:,.0f} bytes, most of {low:,.0f} to {high:,.0f}")
    answer = _of(vector, "output_length")
    if not np.isnan(answer):
        out.append(f"answers of about {2**answer:,.0f} tokens")
    return out


def _of(vector: NDArray[np.float64], name: str) -> float:
    return float(vector[NAMES.index(name)])
