"""Logs as examples with names, times and facts: a labelled world, or traffic without labels."""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from detector.compose import Intake
from detector.reader import LogReader, need_whole
from detector.retrain.facts import read_facts
from detector.retrain.labelled import Labelled, facts_of
from detector.retrain.stages import key_of
from detector.snapshots import Snapshots
from detector.ticks import TickLoop
from detector.truth import WorldTruth, logs_of
from detector.worlds import RequestLabels
from features.scored import catalogue_version
from streaming.admission import AdmissionSettings
from streaming.dead_letters import DeadLetterCounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from features.text.purposes import PurposeWeights

_TRUTH: Final = ("account_id", "label", "archetype", "family", "campaign_id", "pool", "first_attack_time")


def read_labelled(folder: Path, weights: PurposeWeights) -> Labelled:
    """Training rows of one labelled world with what they are about; raises `WorldError` where it is none."""
    return _read(logs_of(folder), WorldTruth.read(folder), weights)


def read_traffic(logs: Sequence[str], weights: PurposeWeights) -> Labelled:
    """Rows of logs of which nothing is known: every account is benign until labels say otherwise."""
    accounts = pd.DataFrame({name: pd.Series(dtype=object) for name in _TRUTH})
    events = pd.DataFrame({"event_id": pd.Series(dtype=object)})
    return _read(logs, WorldTruth(accounts, events, "traffic", synthetic=False), weights)


def rows_key(paths: Sequence[Path], weights: PurposeWeights) -> str:
    """Changes with the content of any file, the purpose weights and the features."""
    digests = []
    for path in paths:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "blake2b").hexdigest())
    return key_of(digests, weights.version, catalogue_version())


def _read(logs: Sequence[str], truth: WorldTruth, weights: PurposeWeights) -> Labelled:
    intake = Intake.of(weights)
    # Snapshots name populations by row, so none may be forgotten.
    loop = TickLoop(intake.kernel, AdmissionSettings(), remember=None)
    reader = LogReader(logs, intake.reading, loop.counts, DeadLetterCounts(), lambda _: None)
    snapshots = Snapshots(loop.ledger)
    requests = RequestLabels(truth, intake.kernel.key)
    end = 0
    for tick in chain(chain.from_iterable(map(loop.observe, reader.batches())), loop.finish()):
        snapshots.observe(tick, requests.of(tick.rows, loop.ledger.accounts.names))
        end = tick.end
    need_whole(reader.errors)
    snapshots.finish(end)
    names, (examples, ends) = list(loop.ledger.accounts.names), snapshots.label(truth)
    return Labelled(examples, np.array(names, dtype=np.str_), ends, facts_of(read_facts(logs), names))
