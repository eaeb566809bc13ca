"""What a training leaves in its folder, besides stages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from detector.retrain.card import as_html, as_markdown
from detector.retrain.judging import judge
from detector.retrain.labelled import compacted, join_labelled, with_last
from detector.retrain.outcome import FILE
from detector.retrain.relabelling import Presumption, relabelled
from detector.retrain.stages import save_rows
from models.scorer import DISTILLATION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from detector.retrain.labelled import Labelled
    from detector.retrain.labels import Label
    from detector.retrain.outcome import Outcome
    from detector.retrain.training import Inputs
    from models.artefact import Artefact

CARD: Final = "card.md"
CARD_HTML: Final = "card.html"
CHALLENGER: Final = "challenger"
REGRESSION: Final = "regression.npz"


def write_outcome(out: Path, outcome: Outcome, built: date) -> None:
    """Write `gate.json`, the card as Markdown and HTML, and the challenger's folder."""
    packed = msgspec.json.format(msgspec.json.encode(outcome, enc_hook=str), indent=1)
    (out / FILE).write_bytes(packed + b"\n")
    (out / CARD).write_text(as_markdown(outcome, built), encoding="utf-8")
    (out / CARD_HTML).write_text(as_html(outcome, built), encoding="utf-8")
    shutil.rmtree(out / CHALLENGER, ignore_errors=True)
    shutil.copytree(out / outcome.model, out / CHALLENGER)


def write_regression(out: Path, inputs: Inputs, settled: Mapping[str, Label], champion: Artefact) -> int:
    """Freeze the true positives that the champion caught, beside those that were frozen before; how many."""
    found = [] if inputs.regression is None else [inputs.regression]
    if inputs.traffic is not None:
        found += _caught(inputs.traffic, settled, champion)
    if not found:
        return 0
    rows = compacted(join_labelled(found))
    save_rows(out / REGRESSION, rows)
    return len(rows.names)


def _caught(traffic: Labelled, settled: Mapping[str, Label], champion: Artefact) -> list[Labelled]:
    judged = judge(champion, traffic)
    confirmed = {name: one for name, one in settled.items() if one.label == "distillation"}
    said = relabelled(traffic, confirmed, judged, Presumption())
    rows = said.examples.accounts
    chosen = (rows.labels == DISTILLATION) & judged.alerted[rows.accounts]
    return [with_last(said.take(chosen))] if np.any(chosen) else []
