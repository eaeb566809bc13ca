from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.fuzz.harnesses import CORPUS, corpus, harness, names
from tests.fuzz.mutation import mutated

if TYPE_CHECKING:
    from pathlib import Path

BURST = 60
LONGEST = 2048
MOST = 40


@pytest.mark.parametrize("name", names())
def test_what_was_found_once_holds(name: str) -> None:
    """Every input that is kept passes its harness: what once broke a decoder, and what reached new code."""
    fuzz = harness(name)
    for path in corpus(name):
        fuzz(path.read_bytes())


@pytest.mark.parametrize("name", names())
def test_changed_inputs_hold(name: str) -> None:
    """A short burst of changes to kept inputs, the same in every run, passes as well."""
    fuzz = harness(name)
    kept = [path.read_bytes() for path in corpus(name)]
    for data in mutated(kept, BURST, Random(name)):  # noqa: S311 - of no secret
        fuzz(data)


def test_no_input_fails_everything() -> None:
    """Nothing at all is an input, too."""
    for name in names():
        harness(name)(b"")


def test_the_corpus_is_small_and_belongs_to_harnesses() -> None:
    """Each folder is a harness's, holds some files and not too many, and none is large."""
    assert sorted(path.name for path in CORPUS.iterdir()) == names()
    for name in names():
        kept = corpus(name)
        assert 0 < len(kept) <= MOST
        assert all(_size(path) <= LONGEST for path in kept)


def _size(path: Path) -> int:
    return path.stat().st_size
