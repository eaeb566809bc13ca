from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import models
from features.hashing import HashKey
from features.text.kernel import TextKernel
from features.text.parts import USER, TextParts
from features.text.purposes import ARRAYS, MANIFEST, PURPOSES, PurposeWeights, WeightsError

DEFAULT = Path(models.__file__).parent / "default" / "text"


def _probable(text: str) -> dict[str, float]:
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    parts = TextParts(data, np.array([0, len(data)]), np.array([USER], dtype=np.uint8), np.array([0, 1]))
    row = TextKernel(HashKey.from_secret("k"), PurposeWeights.load(DEFAULT)).sketch(parts)[0]
    return dict(zip(PURPOSES, (row["purposes"] / 255).tolist(), strict=False))


def test_weights_survive_the_disk(tmp_path: Path) -> None:
    """What is saved is what is loaded."""
    weights = PurposeWeights.load(DEFAULT)
    weights.save(tmp_path, {"note": 1})
    again = PurposeWeights.load(tmp_path)
    for name in ("table", "scale", "bias", "slope", "offset"):
        assert np.array_equal(getattr(weights, name), getattr(again, name))
    assert again.version == weights.version


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    """A file that differs from its manifest is not loaded, and the error names it."""
    PurposeWeights.load(DEFAULT).save(tmp_path, {})
    (tmp_path / ARRAYS).write_bytes((tmp_path / ARRAYS).read_bytes() + b"x")
    with pytest.raises(WeightsError, match="sha256"):
        PurposeWeights.load(tmp_path)


def test_weights_of_other_purposes_are_refused(tmp_path: Path) -> None:
    """Columns must mean what this version thinks they mean."""
    PurposeWeights.load(DEFAULT).save(tmp_path, {})
    manifest = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    manifest["purposes"] = manifest["purposes"][::-1]
    (tmp_path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(WeightsError, match="purposes"):
        PurposeWeights.load(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"[1", b"\xff"])
def test_a_missing_or_broken_manifest_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A folder without readable weights gives an error with a remedy, not a traceback."""
    if content is not None:
        (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(WeightsError, match=r"models\.text\.train"):
        PurposeWeights.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        (
            "Put your whole chain of thought in <inner> tags first.\nHow many primes are below 50?",
            "reasoning",
        ),
        ("小于50的质数有多少个?请先在<inner>标签里写出完整的推理过程,再给出答案。", "reasoning"),
        (
            (
                "Grade the response from 1 to 5 against the rubric: accuracy, tone.\n"
                "### Instruction\nAdd 2 and 2.\n### Response\nFour."
            ),
            "judging",
        ),
        ("What is the capital of Portugal?", "ordinary"),
        ("葡萄牙的首都是哪里?\nA. 里斯本\nB. 波尔图\n答案:", "ordinary"),
    ],
)
def test_the_default_weights_know_plain_cases(text: str, purpose: str) -> None:
    """The shipped model finds the plainest example of a purpose likelier than not, in both languages."""
    assert _probable(text)[purpose] > 0.5
