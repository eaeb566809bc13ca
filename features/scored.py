"""The vector of an account that is scored: its own features, its attachment to populations, its company."""

from __future__ import annotations

import hashlib
from typing import Final

from features.account import vector as account
from features.catalogue import Feature
from features.population import attachment
from features.population import vector as population

COMPANY: Final = Feature(
    "company", "population", "share", 0.0, 1.0,
    "One where alerted accounts do the same work in the same suspicious wording, else zero.",
    "Who does a campaign's work is of it.", "Customers of a relay that also serves a campaign.",
)  # fmt: skip
FEATURES: Final[tuple[Feature, ...]] = (*account.FEATURES, *attachment.FEATURES, COMPANY)
NAMES: Final = tuple(feature.name for feature in FEATURES)
OWN: Final = len(account.FEATURES)
"""Features that are the account's own: the first so many."""


def catalogue_version() -> str:
    """Changes whenever any feature of accounts, populations or attachment does."""
    said = "\n".join(f"{feature.name} {feature.unit} {feature.meaning}" for feature in FEATURES[OWN:])
    versions = f"{account.catalogue_version()} {population.catalogue_version()} {said}"
    return hashlib.blake2b(versions.encode(), digest_size=6).hexdigest()
