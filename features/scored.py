"""The vector of an account that is scored: its own features, then its attachment to populations."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from features.account import vector as account
from features.population import attachment
from features.population import vector as population

if TYPE_CHECKING:
    from features.catalogue import Feature

FEATURES: Final[tuple[Feature, ...]] = (*account.FEATURES, *attachment.FEATURES)
NAMES: Final = tuple(feature.name for feature in FEATURES)
OWN: Final = len(account.FEATURES)
"""Features that are the account's own: the first so many."""


def catalogue_version() -> str:
    """Changes whenever any feature of accounts, populations or attachment does."""
    said = "\n".join(f"{feature.name} {feature.unit} {feature.meaning}" for feature in attachment.FEATURES)
    versions = f"{account.catalogue_version()} {population.catalogue_version()} {said}"
    return hashlib.blake2b(versions.encode(), digest_size=6).hexdigest()
