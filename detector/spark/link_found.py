"""What linking found, in the tables that a replay writes of campaigns; and who is to be linked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from detector.campaign_outputs import write_campaigns, write_links
from detector.campaigns.campaign import SharedObject
from detector.campaigns.evidence import Evidence
from detector.campaigns.identity import campaign_id
from detector.campaigns.standing import Standing
from detector.grouping import Grouping, Links
from detector.outputs import CAMPAIGNS, LINKS
from detector.spark.errors import SparkError
from features.hashing import hash_strings

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from detector.spark.link import LinkedGroups
    from features.hashing import HashKey

MEMBERS: Final = "members.parquet"
"""A row for each member: `campaign_id` and `account_id`."""

_ASKED: Final = ["account_id", "label", "score", "events"]
_OBJECT: Final = ["place", "object", "kind", "members", "others", "requests", "weight"]


@dataclass(frozen=True, slots=True)
class Alerted:
    """Accounts that are held to be distilling, by their hashes, ascending."""

    hashes: NDArray[np.uint64]
    names: NDArray[np.object_]
    scores: NDArray[np.float64]
    events: NDArray[np.int64]

    @classmethod
    def read(cls, path: Path, key: HashKey) -> Alerted:
        """Those of the table of accounts that a replay wrote. Raises `SparkError` where it is none."""
        try:
            table = pq.read_table(path, columns=_ASKED)
        except OSError as error:
            raise _unreadable("--alerted", path) from error
        except (KeyError, pa.ArrowInvalid) as error:
            raise SparkError(
                f"--alerted {path}: needs the columns {', '.join(_ASKED)}; give accounts.parquet of a replay"
            ) from error
        table = table.filter(pc.equal(table["label"], "distillation"))
        hashes: NDArray[np.uint64] = hash_strings(table["account_id"].to_pylist(), key)
        order = np.argsort(hashes)
        columns = (table[name].to_numpy()[order] for name in ("account_id", "score", "events"))
        return cls(hashes[order], *columns)


def read_words(path: Path) -> NDArray[np.uint64]:
    """Keys of the words in a table with a column `object`, as `links.parquet` has it. Raises `SparkError`."""
    try:
        objects = pq.read_table(path, columns=["object"])["object"].unique().to_pylist()
        keys = [int(one.partition(":")[2], 16) for one in objects]
    except OSError as error:
        raise _unreadable("--words", path) from error
    except (KeyError, pa.ArrowInvalid, ValueError) as error:
        raise SparkError(
            f"--words {path}: needs a column `object` such as head:4be1…; give links.parquet of a replay"
        ) from error
    return np.sort(np.array(keys, dtype=np.uint64))


def _unreadable(option: str, path: Path) -> SparkError:
    return SparkError(
        f"{option} {path}: no file that can be read; give the path of one, as a replay wrote it"
    )


def write_found(folder: Path, found: LinkedGroups, alerted: Alerted) -> int:
    """Write campaigns, their links and their members into `folder`; how many campaigns there are."""
    groups = _groups(found, alerted)
    campaigns = tuple(one.campaign() for one in groups)
    links = {
        one.campaign_id: Links(one.shown.accounts, one.shown.places, one.shown.requests) for one in groups
    }
    write_campaigns(folder / CAMPAIGNS, campaigns, alerted.events)
    write_links(folder / LINKS, Grouping(campaigns, links=links), alerted.names)
    pairs = [(one.campaign_id, alerted.names[row]) for one in groups for row in one.members]
    ids, names = zip(*pairs, strict=True) if pairs else ((), ())
    members = {"campaign_id": pa.array(ids, pa.string()), "account_id": pa.array(names, pa.string())}
    pq.write_table(pa.table(members), folder / MEMBERS)
    return len(groups)


def _groups(found: LinkedGroups, alerted: Alerted) -> list[Standing]:
    """Each group as a campaign founded at the end of the log, by id; rows are places in `alerted`."""
    members = _rows(found.members["account"], alerted)
    labels = found.members["group"].to_numpy()
    shown_labels = found.shown["group"].to_numpy()
    groups = [
        _standing(
            np.sort(members[labels == label]), found.shown.filter(shown_labels == label), found.end, alerted
        )
        for label in np.unique(labels)
    ]
    return sorted(groups, key=lambda one: one.campaign_id)


def _standing(members: NDArray[np.int64], shown: pa.Table, end: int, alerted: Alerted) -> Standing:
    weights = np.maximum(alerted.events[members], 1)
    return Standing(
        campaign_id=campaign_id(end, min(alerted.names[members])),
        members=members,
        score=float(np.average(alerted.scores[members], weights=weights)),
        relay_share=0.0,
        shown=_evidence(shown, alerted),
        indicators=(),
        migrated_from=(),
        first_alert=0,
        updated=end,
        revision=1,
    )


def _evidence(shown: pa.Table, alerted: Alerted) -> Evidence:
    shown = shown.sort_by([("place", "ascending"), ("account", "ascending")])
    objects = shown.group_by(_OBJECT, use_threads=False).aggregate([]).sort_by("place").to_pylist()
    said = [
        SharedObject(
            one["object"], one["kind"], one["members"], one["others"], one["requests"], one["weight"]
        )
        for one in objects
    ]
    rows = _rows(shown["account"], alerted)
    return Evidence(tuple(said), rows, shown["place"].to_numpy().astype(np.int64), shown["shown"].to_numpy())


def _rows(accounts: pa.ChunkedArray, alerted: Alerted) -> NDArray[np.int64]:
    rows: NDArray[np.int64] = np.searchsorted(alerted.hashes, accounts.to_numpy().view(np.uint64))
    return rows
