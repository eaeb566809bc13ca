from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.compose import set_up
from detector.registry.errors import RegistryError
from detector.registry.lineage import read_lineage
from detector.registry.naming import resolved
from tests.detector.registry.shelves import FIRST, SECOND, THIRD, Shelf, actor, signer

if TYPE_CHECKING:
    from pathlib import Path


def test_a_challenger_that_passed_is_promoted(shelf: Shelf) -> None:
    """It becomes champion, is challenger no more, and scores wherever `registry:DIR` is named."""
    shelf.registry.challenge(shelf.add(SECOND), actor())
    assert shelf.registry.standing().challenger == "v2"

    shelf.registry.promote("challenger", actor())

    now = shelf.registry.standing()
    assert (now.champion, now.challenger) == ("v2", None)
    folder = resolved(f"registry:{shelf.folder}", {})
    assert set_up(folder).artefact.model_id == SECOND
    assert resolved(f"registry:{shelf.folder}@v1", {}) == shelf.registry.folder_of("v1")


def test_a_challenger_that_the_gate_refused_is_not_promoted(shelf: Shelf) -> None:
    """The refusal names what got worse, and leaves no trace in the history."""
    shelf.add(SECOND, passed=False)
    before = shelf.registry.history()
    with pytest.raises(RegistryError, match="plan pro: worse"):
        shelf.registry.promote("v2", actor())
    assert shelf.registry.history() == before


def test_what_the_gate_said_of_another_champion_does_not_count(shelf: Shelf) -> None:
    """Two challengers of one champion: once the first is promoted, the second was held against nobody."""
    shelf.add(SECOND)
    shelf.add(THIRD)
    shelf.registry.promote("v2", actor())
    with pytest.raises(RegistryError, match=f"held it against {FIRST}, and the champion is {SECOND}"):
        shelf.registry.promote("v3", actor())


def test_a_promotion_despite_the_gate_is_kept_with_its_reason(shelf: Shelf) -> None:
    """The history says who did it, why, and what the gate had said."""
    shelf.add(SECOND, passed=False)
    shelf.registry.promote("v2", actor("an attack is on"), despite=True)
    last = shelf.registry.history()[-1]
    assert (last.actor, last.why) == ("ada", "an attack is on")
    assert "worse" in last.despite


def test_promotions_are_taken_back_one_by_one(shelf: Shelf) -> None:
    """The champion before is used again, down to the first one, which nobody can take back."""
    shelf.add(SECOND)
    shelf.add(THIRD, champion=SECOND)
    for version in ("v2", "v3"):
        shelf.registry.promote(version, actor())
    assert [shelf.registry.rollback(actor()) for _ in range(2)] == ["v2", "v1"]
    with pytest.raises(RegistryError, match="no champion before"):
        shelf.registry.rollback(actor())


def test_a_challenger_is_withdrawn(shelf: Shelf) -> None:
    """Without a name nobody is challenger any more."""
    shelf.registry.challenge(shelf.add(SECOND), actor())
    shelf.registry.challenge(None, actor())
    assert shelf.registry.standing().challenger is None
    with pytest.raises(RegistryError, match="has no challenger"):
        shelf.registry.challenge(None, actor())


def test_a_version_is_named_by_role_model_or_itself(shelf: Shelf) -> None:
    """Of a model that was added twice, the later one is meant."""
    source = shelf.made / FIRST
    shelf.registry.add(source, actor())
    assert [shelf.registry.find(name) for name in ("champion", "v1", FIRST)] == ["v1", "v1", "v2"]
    with pytest.raises(RegistryError, match="no version 'v9'"):
        shelf.registry.find("v9")


def test_lineage_says_what_made_a_version(shelf: Shelf) -> None:
    """What it learnt from, under which settings, and by which code."""
    lineage = read_lineage(shelf.registry.checked(shelf.add(SECOND)))
    assert lineage.model_id == SECOND
    assert lineage.training["learnt_from"] == "abc"
    assert lineage.data["digest"]
    assert len(lineage.code) == 16


def test_only_the_key_of_the_registry_changes_it(shelf: Shelf) -> None:
    """Whoever has another key changes nothing, and leaves nothing."""
    shelf.add(SECOND)
    stranger = actor(by=signer(2))
    with pytest.raises(RegistryError, match="not this registry's"):
        shelf.registry.promote("v2", stranger)
    with pytest.raises(RegistryError, match="not this registry's"):
        shelf.registry.add(shelf.made / FIRST, stranger)
    assert sorted(path.name for path in (shelf.folder / "versions").iterdir()) == ["v1", "v2"]
    assert [entry.action for entry in shelf.registry.history()] == ["add", "promote", "add"]


def test_a_folder_without_a_model_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    """Nothing is added of what cannot score."""
    with pytest.raises(RegistryError, match="holds no model"):
        shelf.registry.add(tmp_path / "nothing", actor())
    assert not list(shelf.folder.glob(".new-*"))
