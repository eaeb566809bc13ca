from __future__ import annotations

import re

from features.account import context
from features.catalogue import EVIDENCE
from features.population import attachment, vector
from features.scored import COMPANY, FEATURES, NAMES, OWN, catalogue_version


def test_every_feature_says_what_it_is() -> None:
    """Each entry has its own name, a range, and sentences for its meaning, cause and honest confounder."""
    assert len(set(NAMES)) == len(NAMES)
    for feature in FEATURES:
        assert re.fullmatch(r"[a-z_]+", feature.name)
        assert feature.low < feature.high
        for said in (feature.meaning, feature.cause, feature.confounder):
            assert re.fullmatch(r"[A-Z(].*\.", said.replace("pass@k", "Pass@k")), feature.name


def test_context_carries_no_evidence() -> None:
    """Volume, timing, networks and tokens are context; content, parameters and provenance are evidence."""
    contextual = {feature.name for feature in FEATURES if not feature.is_evidence}

    assert contextual == {feature.name for feature in context.FEATURES}
    assert {feature.group for feature in FEATURES if feature.is_evidence} == EVIDENCE


def test_no_feature_knows_a_country_or_a_verdict() -> None:
    """No feature is about a country, and none about bans or refused access, which are earlier verdicts."""
    assert not [n for n in NAMES if re.search(r"country|nation|language|locale|ban|forbidden|denied", n)]


def test_the_version_is_short_and_stable() -> None:
    """The version goes into manifests, so it is the same at every call."""
    assert re.fullmatch(r"[0-9a-f]{12}", catalogue_version())
    assert catalogue_version() == catalogue_version()


def test_an_accounts_own_features_come_before_what_it_shares() -> None:
    """Models split the vector where the account's own features end."""
    assert FEATURES[OWN:] == (*attachment.FEATURES, COMPANY)
    assert all(feature.scored for feature in FEATURES[OWN:])


def test_features_of_populations_say_what_they_are() -> None:
    """They are the account's own, as if one account had asked, and what only several have."""
    assert vector.FEATURES[:OWN] == FEATURES[:OWN]
    assert len(set(vector.NAMES)) == len(vector.NAMES)
