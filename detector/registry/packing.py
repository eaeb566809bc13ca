"""Brings what a training left, or any model, into the form of a version."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, Final

from detector.card import write_card
from detector.registry.errors import RegistryError
from detector.registry.gating import FILE as GATE
from detector.registry.lineage import lineage_of, write_lineage
from features.text.purposes import PurposeWeights
from models.artefact import ARRAYS, ESTIMATORS, MANIFEST, load

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

CARD: Final = "card.md"
CARD_HTML: Final = "card.html"
REFERENCE: Final = "reference.npz"
"""What the operator's own traffic looked like, see `detector.drift.reference`."""

_MODEL: Final = (
    f"account/{MANIFEST}", f"account/{ARRAYS}", f"account/{ESTIMATORS}", "text/manifest.json",
    "text/weights.npz",
)  # fmt: skip
_BESIDE: Final = (GATE, CARD, CARD_HTML, REFERENCE)
_CHALLENGER: Final = "challenger"
_README: Final = "README.md"


def model_folder(source: Path) -> Path:
    """Where the model is in what a training left; raises `RegistryError` where there is none."""
    for folder in (source / _CHALLENGER, source):
        if (folder / "account" / MANIFEST).exists():
            return folder
    raise RegistryError(
        f"{source}: holds no model; name what `stillwatch train` wrote, or a folder with account and text"
    )


def pack(source: Path, out: Path, reference: Path | None, built: date) -> str:
    """Copy a model that can be used into `out`, with its gate, card and lineage; its id.

    Raises `ModelError` and `WeightsError` where it cannot be used.
    """
    model = model_folder(source)
    weights = PurposeWeights.load(model / "text")
    manifest = load(model / "account", weights.version).manifest
    for name in _MODEL:
        _copy(model / name, out / name)
    for name in _BESIDE:
        if (source / name).exists():
            _copy(source / name, out / name)
    if reference is not None:
        _copy(reference, out / REFERENCE)
    _describe(source, out, manifest, built)
    write_lineage(out, lineage_of(out, manifest))
    return str(manifest["model_id"])


def _describe(source: Path, out: Path, manifest: dict[str, Any], built: date) -> None:
    """A card, where training wrote none."""
    if (out / CARD).exists():
        return
    if (source / _README).exists():
        _copy(source / _README, out / CARD)
    else:
        write_card(out / CARD, manifest, built)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise RegistryError(f"{source}: cannot be copied ({error.strerror}); is the model whole?") from None
