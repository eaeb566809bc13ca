"""Puts together what reads logs and what scores them; every way to run the product starts here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.defaults import DEFAULT_MODEL, edge_version, hash_key, text_kernel
from detector.reader import ReadSettings
from detector.replay import Replay
from detector.thresholds import Thresholds, policy_of
from features.adapters import DEFAULT_ACCOUNT_FROM
from features.text.purposes import PurposeWeights
from features.times import LATEST
from models.artefact import load
from streaming.admission import AdmissionSettings

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from detector.policy import Policy
    from features.text.kernel import TextKernel
    from models.artefact import Artefact


@dataclass(frozen=True, slots=True)
class Intake:
    """How records become events: the text kernel, and settings of a reader that agrees with it."""

    kernel: TextKernel
    reading: ReadSettings

    @classmethod
    def of(
        cls,
        weights: PurposeWeights,
        secret: str | None = None,
        latest: datetime = LATEST,
        log_format: str | None = None,
    ) -> Intake:
        """Hash under `secret` (None: the public key of offline work); events after `latest` are rejected."""
        key = hash_key(secret)
        edge = edge_version(key, weights)
        return cls(
            text_kernel(key, weights), ReadSettings(key, latest, DEFAULT_ACCOUNT_FROM, edge, log_format)
        )


@dataclass(frozen=True, slots=True)
class Setup:
    """What every command that scores has in common."""

    artefact: Artefact
    policy: Policy
    replay: Replay


def set_up(
    model: Path = DEFAULT_MODEL,
    calibration: Path | None = None,
    log_format: str | None = None,
    admission: AdmissionSettings | None = None,
    secret: str | None = None,
    latest: datetime = LATEST,
) -> Setup:
    """Load a model and its text weights, and put a replay together.

    Raises `ModelError`, `WeightsError` and `CalibrationError`.
    """
    weights = PurposeWeights.load(model / "text")
    artefact = load(model / "account", weights.version)
    thresholds = None if calibration is None else Thresholds.load(calibration, artefact.model_id)
    policy = policy_of(artefact, thresholds)
    intake = Intake.of(weights, secret, latest, log_format)
    replay = Replay(artefact, policy, intake.kernel, intake.reading, admission or AdmissionSettings())
    return Setup(artefact, policy, replay)
