from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from tools.release_closure import read_lock, roots
from tools.release_lock import LOCK, runtime_lock
from tools.sbom import bill

ROOT: Final = Path(__file__).parents[2]


def test_the_lock_of_what_runs_is_fresh() -> None:
    """It is what the present lock and dependencies give: run `python -m tools.release_lock`."""
    assert (ROOT / LOCK).read_text(encoding="utf-8") == runtime_lock(ROOT)


def test_what_runs_is_pinned_as_it_is_tested() -> None:
    """The part has the versions and hashes of the whole, all that is asked for, and no test tools."""
    part, whole = read_lock(ROOT / LOCK), read_lock(ROOT / "requirements.lock")
    assert all(whole[name] == entry for name, entry in part.items())
    assert all("--hash=sha256:" in entry.text for entry in part.values())
    assert {one.name for one in roots(ROOT)} <= part.keys()
    assert not {"pytest", "mypy", "ruff", "playwright"} & part.keys()


def test_the_bill_of_materials_lists_the_lock() -> None:
    """It names every package of the lock once, and its graph leads to nothing else."""
    made = msgspec.json.decode(bill(ROOT, 1_760_000_000))
    libraries = {one["name"]: one["version"] for one in made["components"] if one["type"] == "library"}
    assert libraries == {name: entry.version for name, entry in read_lock(ROOT / LOCK).items()}
    refs = [one["bom-ref"] for one in made["components"]]
    assert len(refs) == len(set(refs))
    assert {need for edge in made["dependencies"] for need in edge["dependsOn"]} == set(refs)
    assert made["metadata"]["timestamp"] == "2025-10-09T08:53:20Z"


def test_the_bill_of_materials_is_reproducible() -> None:
    """The same time gives the same bytes, another one another serial number."""
    first, later = bill(ROOT, 1_760_000_000), bill(ROOT, 1_760_000_001)
    assert first == bill(ROOT, 1_760_000_000)
    assert msgspec.json.decode(first)["serialNumber"] != msgspec.json.decode(later)["serialNumber"]


def test_the_bill_of_materials_lists_the_model() -> None:
    """The files of the shipped model are in it with their hashes."""
    made = msgspec.json.decode(bill(ROOT, 0))
    (model,) = [one for one in made["components"] if one["type"] == "machine-learning-model"]
    assert {"models/default/README.md"} <= {one["name"] for one in model["components"]}
    assert all(len(one["hashes"][0]["content"]) == 64 for one in model["components"])
