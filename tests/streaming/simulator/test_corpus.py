"""Corpora: built in or from a folder, deterministic, whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streaming.simulator.builtin import builtin_texts
from streaming.simulator.corpus import Corpus, mixed, origins
from streaming.simulator.corpus_sources import SOURCES
from streaming.simulator.texts import Pool

if TYPE_CHECKING:
    from pathlib import Path

KINDS: Final = {source.kind for source in SOURCES}
RUBRIC: Final = (
    "###Response to evaluate: {n} is right. ###Reference Answer (Score 5): {n} it is. ###Score Rubrics:"
)


def text(n: int) -> str:
    """A text that gives sentences and the parts of a rubric prompt."""
    return (
        f"{RUBRIC.format(n=n)} The tall lighthouse number {n} stands near the old harbour wall. "
        + "x" * 1_500
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with every corpus file, each with 12 rows and one repeated."""
    for file in {source.file for source in SOURCES}:
        prefixes = [prefix for source in SOURCES if source.file == file for prefix in source.prefixes]
        rows = [
            {"text": text(n % 12), "kind": prefix, "lang": lang, "turn": turn, "system": f"system {n % 12}"}
            for prefix in prefixes
            for lang in ("en", "zh")
            for turn in (1, 2)
            for n in range(13)
        ]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{file}.parquet")
    return tmp_path


def test_built_in_corpus_is_whole() -> None:
    """Without a folder every kind has texts by the hundred, mostly from two sources, all valid in JSON."""
    corpus = Corpus.read(None, seed=1)
    assert set(corpus.kinds()) == KINDS
    assert sum(len(corpus.sources(kind)) >= 2 for kind in KINDS) >= len(KINDS) - 3
    for kind in KINDS - {"followups_zh"}:
        pool = corpus.pool(kind)
        assert len(pool) >= 200
        assert len(set(pool.texts)) == len(pool)
        json.loads(f'"{" ".join(pool.texts)}"')


def test_same_seed_same_corpus() -> None:
    """The same seed gives the same texts in the same order, another seed others."""
    kinds = {source.kind for source in SOURCES} - {"math"}
    assert builtin_texts(1, kinds) == builtin_texts(1, kinds)
    assert builtin_texts(1, kinds) != builtin_texts(2, kinds)


def test_folder_is_read(folder: Path) -> None:
    """A folder's texts are cut, distinct and in seeded order, and a prompt stays beside its system text."""
    corpus = Corpus.read(folder, seed=1)
    assert set(corpus.kinds()) == KINDS
    assert len(corpus.pool("math/gsm8k")) == 12
    assert all(len(json.loads(f'"{one}"')) <= 1_200 for one in corpus.pool("math").texts)
    users, systems = corpus.pool("toolcall").texts, corpus.pool("toolcall_system").texts
    assert all(
        f"{system.removeprefix('system ')} is right" in user
        for user, system in zip(users, systems, strict=True)
    )


def test_parts_of_texts(folder: Path) -> None:
    """Sentences and judged answers are taken out of longer texts."""
    corpus = Corpus.read(folder, seed=1)
    assert set(corpus.pool("candidates/judged").texts) == {f"{n} is right." for n in range(12)}
    sentences = corpus.pool("sentences/ag_news").texts
    assert sum("lighthouse" in one and one.endswith("harbour wall.") for one in sentences) == 12
    assert not any("xx" in one for one in sentences)


def test_share_and_skip(folder: Path) -> None:
    """A share keeps a part of each source; what is skipped is gone, and a kind left empty is built in."""
    half = Corpus.read(folder, seed=1, share=0.5, skip=frozenset({"gsm8k", "truthfulqa", "documents/p3"}))
    assert half.sources("math") == ("math/limr",)
    assert len(half.pool("math")) == 6
    assert half.sources("documents") == ("documents/receipts",)
    assert half.sources("factual") == ("factual/open", "factual/short")
    assert {"gsm8k", "p3"} <= set(origins())


def test_missing_file_is_named(folder: Path) -> None:
    """A file that is not there is an error that names it, unless its origins are skipped."""
    (folder / "c_gsm8k.parquet").unlink()
    with pytest.raises(FileNotFoundError, match="c_gsm8k"):
        Corpus.read(folder, seed=1)
    assert Corpus.read(folder, seed=1, skip=frozenset({"gsm8k"})).sources("math") == ("math/limr",)


def test_unreadable_files_are_named(folder: Path) -> None:
    """Files without the columns, or that are no Parquet, are errors that name the file."""
    pq.write_table(pa.table({"words": ["a"]}), folder / "c_gsm8k.parquet")
    with pytest.raises(ValueError, match="c_gsm8k"):
        Corpus.read(folder, seed=1)
    (folder / "c_gsm8k.parquet").write_bytes(b"no parquet at all")
    with pytest.raises(ValueError, match="c_gsm8k"):
        Corpus.read(folder, seed=1)


def test_folders_keep_their_order(folder: Path) -> None:
    """The same seed orders a folder's texts alike, another one otherwise."""
    first, again, other = (Corpus.read(folder, seed).pool("math/limr") for seed in (1, 1, 2))
    assert first == again
    assert sorted(first.texts) == sorted(other.texts)
    assert first != other


def test_wrong_arguments_are_refused() -> None:
    """A share of nothing and an unknown kind are errors with a remedy."""
    with pytest.raises(ValueError, match="share"):
        Corpus.read(None, seed=1, share=0.0)
    corpus = Corpus.read(None, seed=1)
    with pytest.raises(KeyError, match="one of"):
        corpus.sources("nothing")
    with pytest.raises(KeyError, match="one of"):
        corpus.pool("nothing")


def test_mixed_takes_turns() -> None:
    """A mixed pool takes one text of each source in turn until all are used up."""
    pool = mixed("both", [Pool.of("a", ["1", "2", "3"]), Pool.of("b", ["x"])])
    assert pool.texts == ["1", "x", "2", "3"]
