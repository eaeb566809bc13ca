"""What a prompt is for, as a hashed n-gram linear model: the names, the weights, and how they are stored.

A purpose is not guilt: every one of them has honest users. The weights are trained offline by `models.text`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from features.rows import MAX_PURPOSES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

REASONING: Final = "reasoning"
JUDGING: Final = "judging"
SYNTHESIS: Final = "synthesis"
REWRITING: Final = "rewriting"
REFUSAL: Final = "refusal"
ORDINARY: Final = "ordinary"

PURPOSES: Final = (REASONING, JUDGING, SYNTHESIS, REWRITING, REFUSAL, ORDINARY)
"""Column `i` of a sketch's `purposes` is `PURPOSES[i]`; columns past the last are 0.

ORDINARY has no weights: it is the probability that no other purpose holds, were they independent.
"""
LEARNT: Final = PURPOSES[:-1]

BUCKETS: Final = 1 << 16

ARRAYS: Final = "weights.npz"
MANIFEST: Final = "manifest.json"


class WeightsError(Exception):
    """Stored purpose weights cannot be used: says what is wrong, where, and the remedy."""


@dataclass(frozen=True, slots=True)
class PurposeWeights:
    """The linear model of every purpose: sigmoid(slope * logit + offset), logit = bias + table . x."""

    table: NDArray[np.int16]
    """shape (BUCKETS, MAX_PURPOSES)"""
    scale: NDArray[np.float64]
    """shape (MAX_PURPOSES,): what one unit of a column of `table` weighs"""
    bias: NDArray[np.float64]
    """shape (MAX_PURPOSES,)"""
    slope: NDArray[np.float64]
    """shape (MAX_PURPOSES,): Platt calibration; a slope of 0 with an offset of -inf switches a purpose off"""
    offset: NDArray[np.float64]
    """shape (MAX_PURPOSES,)"""
    version: str

    @classmethod
    def empty(cls) -> PurposeWeights:
        """Weights that score 0 for every purpose: a kernel without a trained model."""
        zeros = np.zeros(MAX_PURPOSES)
        table = np.zeros((BUCKETS, MAX_PURPOSES), dtype=np.int16)
        return cls(table, zeros, zeros, zeros, np.full(MAX_PURPOSES, -np.inf), "empty")

    def save(self, folder: Path, about: dict[str, object]) -> None:
        """Write `weights.npz` and `manifest.json`; `about` (training facts) goes into the manifest."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            folder / ARRAYS,
            table=self.table,
            scale=self.scale,
            bias=self.bias,
            slope=self.slope,
            offset=self.offset,
        )
        manifest = {
            "version": self.version,
            "purposes": list(PURPOSES),
            "sha256": _digest(folder / ARRAYS),
            **about,
        }
        (folder / MANIFEST).write_text(
            json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> PurposeWeights:
        """Read what `save` wrote.

        Raises:
            WeightsError: a file is missing, was changed after training, or was made for other purposes.
        """
        remedy = "train them again with `python -m models.text.train`"
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            digest = _digest(folder / ARRAYS)
        except (OSError, ValueError) as error:
            raise WeightsError(f"purpose weights in {folder} cannot be read ({error}); {remedy}") from error
        if digest != manifest.get("sha256"):
            raise WeightsError(f"sha256 of {folder / ARRAYS} differs from its manifest; {remedy}")
        if manifest.get("purposes") != list(PURPOSES):
            raise WeightsError(f"purposes of {folder / MANIFEST} are not those of this version; {remedy}")
        with np.load(folder / ARRAYS, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ("table", "scale", "bias", "slope", "offset")}
        return cls(**arrays, version=str(manifest["version"]))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
