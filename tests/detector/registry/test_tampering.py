from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from detector.registry.errors import RegistryError
from detector.registry.history import History
from detector.registry.keys import TRUST_VARIABLE, read_key, write_key
from detector.registry.naming import resolved
from detector.registry.registry import Registry
from detector.registry.verifying import verify
from tests.detector.registry.shelves import SECOND, Shelf, actor, model, signer

if TYPE_CHECKING:
    from pathlib import Path


def faults(full: Shelf, expected: str = "") -> str:
    """What is found wrong."""
    return "\n".join(verify(full.folder, signer().verifier, expected).faults)


def test_a_registry_that_nobody_touched_is_whole(full: Shelf) -> None:
    """No fault, and a head that is found again later."""
    found = verify(full.folder, signer().verifier)
    assert (found.entries, found.versions, found.faults) == (3, 2, ())
    full.registry.promote("v2", actor())
    assert faults(full, found.head) == ""


@pytest.mark.parametrize("name", ["account/arrays.npz", "gate.json", "card.md", "lineage.json"])
def test_an_altered_file_is_found_and_not_used(full: Shelf, name: str) -> None:
    """Whatever is changed, the version is not loaded and not promoted."""
    path = full.registry.folder_of("v2") / name
    path.write_bytes(path.read_bytes() + b" ")
    assert f"{name}: altered" in faults(full)
    with pytest.raises(RegistryError, match="altered"):
        full.registry.promote("v2", actor())


def test_a_file_too_many_or_too_few_is_found(full: Shelf) -> None:
    """What is not in the manifest is a fault, and so is what is missing or a link."""
    folder = full.registry.folder_of("v2")
    (folder / "more.py").write_text("")
    assert "more.py: not in the manifest" in faults(full)
    (folder / "more.py").unlink()
    (folder / "card.md").unlink()
    assert "card.md: missing" in faults(full)
    (folder / "card.md").symlink_to(full.registry.folder_of("v1") / "card.md")
    assert "is a link" in faults(full)


def test_a_version_cannot_take_the_place_of_another(full: Shelf) -> None:
    """A manifest that is signed, but for another version, is not accepted."""
    folder = full.registry.folder_of("v2")
    shutil.rmtree(folder)
    shutil.copytree(full.registry.folder_of("v1"), folder)
    assert "is not what was signed when it was added" in faults(full)


def test_a_changed_entry_of_the_history_is_found(full: Shelf) -> None:
    """The signature is over all of it."""
    path = full.folder / "history" / "00000002.json"
    said = json.loads(path.read_bytes())
    said["entry"]["why"] = "something else"
    path.write_text(json.dumps(said), encoding="utf-8")
    assert "not signed by the registry's key" in faults(full)
    with pytest.raises(RegistryError, match="not signed"):
        resolved(f"registry:{full.folder}", {})


def test_an_entry_that_was_taken_out_is_found(full: Shelf) -> None:
    """From the middle by the chain, from the end by a head that was kept elsewhere."""
    head = verify(full.folder, signer().verifier).head
    (full.folder / "history" / "00000003.json").unlink()
    assert "was cut off" in faults(full, head)
    (full.folder / "history" / "00000001.json").unlink()
    assert "does not follow" in faults(full)


def test_a_version_that_the_history_does_not_know_is_found(full: Shelf, tmp_path: Path) -> None:
    """Its adding was broken off; the next one takes another name."""
    shutil.copytree(full.registry.folder_of("v2"), full.folder / "versions" / "v3")
    assert "no entry of the history knows it" in faults(full)
    assert full.registry.add(model(tmp_path / "more", SECOND), actor()) == "v4"


def test_a_registry_signed_anew_is_not_trusted_where_the_key_is_known(full: Shelf) -> None:
    """Who replaces the key in the folder, too, deceives only those who were not told the right one."""
    (full.folder / "key.pub").write_text(f"{signer(2).verifier}\n")
    told = {TRUST_VARIABLE: str(signer().verifier)}
    assert Registry.open(full.folder, told).standing().champion == "v1"
    with pytest.raises(RegistryError, match="not signed"):
        Registry.open(full.folder, {}).standing()


def test_of_two_who_change_it_at_once_one_does(full: Shelf) -> None:
    """An entry whose place is taken is not added, and the other's stays."""
    last = full.registry.history()[-1]
    with pytest.raises(RegistryError, match="changed the registry meanwhile"):
        History(full.folder, signer().verifier).append(last, signer())
    assert full.registry.history()[-1] == last
    assert not list((full.folder / "history").glob(".*"))


def test_a_key_is_read_back_and_never_overwritten(tmp_path: Path) -> None:
    """Only its owner may read it, and a second one does not take its place."""
    path = tmp_path / "models.pem"
    write_key(path, signer().key)
    assert path.stat().st_mode & 0o777 == 0o600
    assert str(read_key(path).verifier) == str(signer().verifier)
    with pytest.raises(RegistryError, match="is there already"):
        write_key(path, signer(2).key)


def test_what_is_no_key_is_told(tmp_path: Path) -> None:
    """A file that is none, and a text that is none."""
    (tmp_path / "models.pem").write_text("no key")
    with pytest.raises(RegistryError, match="no private key can be read"):
        read_key(tmp_path / "models.pem")
    with pytest.raises(RegistryError, match="is no public key"):
        Registry.open(tmp_path, {TRUST_VARIABLE: "ed25519:AAAA"})
