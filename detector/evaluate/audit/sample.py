"""A sample of a labelled world's requests, a few of each account, beside their truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from detector.truth import EVENTS, TRUTH, WorldError, logs_of
from streaming.files import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

KEPT: Final = 12
"""Answered requests of an account that are kept, of its campaign and of its own each."""


class _Line(msgspec.Struct, frozen=True, gc=False):
    messages: msgspec.Raw = msgspec.Raw(b"")
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """Some requests of worlds."""

    records: list[dict[str, Any]]
    """canonical events as logged"""
    truth: pd.DataFrame
    """row by row: account_id, label, family, campaign, archetype, n_events, owner"""
    prompts: pd.DataFrame
    """of all requests, not the kept ones alone: prompt (hash of the input), family, honest"""


def read_sample(worlds: Sequence[Path]) -> Sample:
    """Sample `worlds`, logs in canonical form; raises `WorldError` where log and truth do not agree."""
    parts = [_read(folder) for folder in worlds]
    return Sample(
        [record for part in parts for record in part.records],
        pd.concat([part.truth for part in parts], ignore_index=True),
        pd.concat([part.prompts for part in parts], ignore_index=True),
    )


def _read(folder: Path) -> Sample:
    truth = pq.read_table(
        folder / EVENTS, columns=["event_id", "account_id", "label", "family", "campaign_id", "ok"]
    ).to_pandas()
    prompts = np.zeros(len(truth), dtype=np.int64)
    wanted = _wanted(truth)
    records: list[dict[str, Any]] = []
    decode, whole = msgspec.json.Decoder(_Line).decode, msgspec.json.Decoder(dict[str, Any]).decode
    ids = truth["event_id"].to_numpy(object)
    for row, line in enumerate(_lines(folder)):
        found = decode(line)
        if row >= len(ids) or found.event_id != ids[row]:
            raise WorldError(f"{folder}: the log does not follow {EVENTS}; simulate it again, canonical")
        prompts[row] = hash(bytes(found.messages))
        if wanted[row]:
            records.append(whole(line))
    rows = _with_accounts(folder, truth[wanted], records)
    hostile = truth["account_id"].isin(truth["account_id"][truth["family"].notna()].unique())
    honest = (truth["label"] == "benign") & ~hostile
    said = {"prompt": prompts, "family": truth["family"].astype(object), "honest": honest}
    return Sample(records, rows, pd.DataFrame(said))


def _lines(folder: Path) -> Iterator[bytes]:
    for block in open_source(logs_of(folder)).blocks():
        yield from (record for record in block.records if not record.startswith(b'{"kind"'))


def _wanted(truth: pd.DataFrame) -> NDArray[np.bool_]:
    rank = truth[truth["ok"]].groupby(["account_id", "label"], observed=True).cumcount()
    result: NDArray[np.bool_] = (rank.reindex(truth.index, fill_value=KEPT) < KEPT).to_numpy()
    return result


def _with_accounts(folder: Path, rows: pd.DataFrame, records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    accounts = pd.read_parquet(folder / TRUTH, columns=["account_id", "archetype", "n_events"])
    joined = rows.astype({"account_id": str}).merge(accounts, on="account_id", how="left", validate="m:1")
    owners = [record.get("org_id") or record["account_id"] for record in records]
    # Accounts of one campaign, or of one organisation, have much in common that is no mark of their class.
    campaign = joined["campaign_id"].astype(object)
    joined["owner"] = campaign.where(campaign.notna(), pd.Series(owners, index=joined.index))
    joined["owner"] = f"{folder}/" + joined["owner"].astype(str)
    joined["account_id"] = f"{folder}/" + joined["account_id"]
    return joined.drop(columns=["ok", "event_id"])


def mode(values: Sequence[Any]) -> Any:
    """The value that occurs most often."""
    return Counter(values).most_common(1)[0][0]
