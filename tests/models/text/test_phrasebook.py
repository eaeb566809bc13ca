from __future__ import annotations

import string

import pytest

from features.text.purposes import PURPOSES
from models.text.examples import PHRASEBOOK
from models.text.phrasebook.items import DOMAINS, ITEMS

SLOTS = {"item", "second", "third", "tag", "n", "domain", "language"}


def test_every_purpose_has_several_families_in_several_languages() -> None:
    """Leave-one-out needs families to leave out, and equal treatment needs languages."""
    assert set(PHRASEBOOK) == set(PURPOSES)
    for families in PHRASEBOOK.values():
        assert len(families) >= 3
        assert all({"en", "zh"} <= set(languages) for languages in families.values())


@pytest.mark.parametrize("purpose", PURPOSES)
def test_wordings_have_only_slots_that_can_be_filled(purpose: str) -> None:
    """A wording's slots are known, and its language has items and fields."""
    for languages in PHRASEBOOK[purpose].values():
        for lang, wordings in languages.items():
            assert lang in DOMAINS
            assert lang == "en" or lang in ITEMS
            for wording in wordings:
                slots = {name for _, name, _, _ in string.Formatter().parse(wording) if name}
                assert slots <= SLOTS
