"""The texts that worlds are made of: prompts by kind, from a folder of corpora or built in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self, TypeAlias

import pyarrow.parquet as pq
from pyarrow import ArrowInvalid

from streaming.simulator.builtin import builtin_texts
from streaming.simulator.corpus_sources import SOURCES, Source, parts
from streaming.simulator.streams import generator
from streaming.simulator.texts import Pool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_MOST: Final = 20_000
"""texts of a source"""
_COLUMNS: Final = ("text", "kind", "lang", "turn", "system")

_Row: TypeAlias = "dict[str, str | int | None]"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Pools by the name of their source, `kind/origin`."""

    pools: Mapping[str, Pool]
    merged: Mapping[str, Pool]
    """by kind: all texts of its sources, in turn"""

    @classmethod
    def read(
        cls, folder: Path | None, seed: int, share: float = 1.0, skip: frozenset[str] = frozenset()
    ) -> Self:
        """Read the Parquet files in `folder`; the built-in texts serve without one.

        `share` of each source is kept. `skip` holds origins (`gsm8k`) or sources (`math/gsm8k`) to leave
        out; a kind left without a source takes the built-in texts. Raises `FileNotFoundError` for a missing
        file and `ValueError` for a share outside (0, 1] or an unreadable file.
        """
        if not 0.0 < share <= 1.0:
            raise ValueError(f"corpus: share {share} is not in (0, 1]; give the part to keep of each source")
        found = {} if folder is None else _folder_texts(folder, skip)
        have = {name.partition("/")[0] for name in found}
        found |= builtin_texts(seed, without=have)
        pools = {name: _pool(name, texts, seed, share) for name, texts in found.items() if texts}
        groups: dict[str, list[Pool]] = {}
        for name in sorted(pools):
            groups.setdefault(_kind(name), []).append(pools[name])
        return cls(pools, {kind: mixed(kind, group) for kind, group in groups.items()})

    def kinds(self) -> tuple[str, ...]:
        """All kinds of texts."""
        return tuple(sorted(self.merged))

    def sources(self, kind: str) -> tuple[str, ...]:
        """The names of all pools of a kind; raises `KeyError` for a kind that there is not."""
        names = tuple(sorted(name for name in self.pools if _kind(name) == kind))
        if not names:
            raise KeyError(f"corpus: no kind {kind!r}; one of {', '.join(self.kinds())}")
        return names

    def pool(self, name: str) -> Pool:
        """The pool of one source, or of a kind; raises `KeyError` for neither."""
        found = self.pools.get(name) or self.merged.get(name)
        if found is None:
            raise KeyError(f"corpus: no source or kind {name!r}; one of {', '.join(self.kinds())}")
        return found


def mixed(name: str, pools: Sequence[Pool]) -> Pool:
    """One pool out of several, taking one text of each in turn until all are used up."""
    longest = max(len(pool) for pool in pools)
    turns = (pool.texts[k] for k in range(longest) for pool in pools if k < len(pool))
    return Pool(name, list(turns))


def _kind(name: str) -> str:
    return name.partition("/")[0]


def _pool(name: str, texts: Sequence[str], seed: int, share: float) -> Pool:
    # Kinds that are read from the same rows (a prompt and its system text) keep the same order.
    order = generator(seed, "corpus", name.partition("/")[2], len(texts)).permutation(len(texts))
    kept = order[: max(1, round(share * len(texts)))]
    return Pool.of(name, [texts[at] for at in kept.tolist()])


def _folder_texts(folder: Path, skip: frozenset[str]) -> dict[str, list[str]]:
    wanted = [source for source in SOURCES if not {source.origin, source.name} & skip]
    rows = {file: _rows(folder, file) for file in sorted({source.file for source in wanted})}
    found: dict[str, list[str]] = {}
    for source in wanted:
        found |= _source_texts(source, rows[source.file])
    return found


def _rows(folder: Path, file: str) -> list[_Row]:
    path = folder / f"{file}.parquet"
    if not path.is_file():
        raise FileNotFoundError(f"corpus: {path} is missing; skip its origins or use the built-in corpus")
    try:
        rows: list[_Row] = pq.read_table(path, columns=list(_COLUMNS)).to_pylist()
    except (ArrowInvalid, KeyError) as error:
        raise ValueError(f"corpus: {path} cannot be read ({error}); write it again as Parquet") from error
    if rows and (absent := [name for name in _COLUMNS if name not in rows[0]]):
        raise ValueError(f"corpus: {path} has no column {', '.join(absent)}; add it, empty if need be")
    return rows


def _source_texts(source: Source, rows: Iterable[_Row]) -> dict[str, list[str]]:
    chosen = [row for row in rows if _fits(source, row)]
    if not source.by_template:
        return {source.name: _texts(source, chosen)}
    groups: dict[str, list[_Row]] = {}
    for row in chosen:
        groups.setdefault(f"{source.kind}/{row['kind']}", []).append(row)
    return {name: _texts(source, group) for name, group in groups.items()}


def _fits(source: Source, row: _Row) -> bool:
    return (
        str(row["kind"] or "").startswith(source.prefixes)
        and (not source.langs or row["lang"] in source.langs)
        and (source.opening is None or source.opening == ((row["turn"] or 1) == 1))
    )


def _texts(source: Source, rows: Iterable[_Row]) -> list[str]:
    cuts = ((part, row) for row in rows for part in parts(str(row["text"] or ""), source.cut))
    pairs = _distinct((_cut(text, source.longest), row) for text, row in cuts)
    if source.column == "text":
        return [text for text, _ in pairs]
    return [str(row[source.column] or "") for _, row in pairs]


def _distinct(pairs: Iterable[tuple[str, _Row]]) -> list[tuple[str, _Row]]:
    kept: dict[str, tuple[str, _Row]] = {}
    for text, row in pairs:
        if text and len(kept) < _MOST:
            kept.setdefault(text, (text, row))
    return list(kept.values())


def _cut(text: str, longest: int) -> str:
    text = text.strip()
    if len(text) <= longest:
        return text
    head, space, _ = text[:longest].rpartition(" ")
    return head if space and len(head) > longest // 2 else text[:longest]


def origins(sources: Iterable[Source] = SOURCES) -> Iterator[str]:
    """The origins that can be skipped, each once."""
    yield from sorted({source.origin for source in sources})
