from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.alert import TECHNIQUES, Alert, Reason, timestamp

ALERT = Alert(
    subject_id="acct",
    kind="account",
    revision=2,
    time=1_772_323_200_123,
    label="distillation",
    score=0.9876543219,
    status="open",
    reasons=(Reason("wrapper_share", 1.23456789, "much 0.9 share"),),
    model_id="sw-0123",
    shadow=True,
    techniques=(TECHNIQUES["extraction"],),
)


def test_an_alert_is_what_the_output_contract_says() -> None:
    """Every field of the contract is there, and nothing but plain JSON values."""
    assert json.loads(json.dumps(ALERT.to_json())) == {
        "alert_id": ALERT.alert_id,
        "revision": 2,
        "time": "2026-03-01T00:00:00.123Z",
        "kind": "account",
        "subject_id": "acct",
        "label": "distillation",
        "score": 0.987654,
        "status": "open",
        "shadow": True,
        "techniques": ["AML.T0024.002"],
        "reasons": [{"code": "wrapper_share", "weight": 1.2346, "detail": "much 0.9 share"}],
        "model_id": "sw-0123",
    }


def test_the_id_is_that_of_the_subject() -> None:
    """Every revision of an alert in every run has one id; another subject or kind has another."""
    later = replace(ALERT, revision=9, time=0, score=0.1, status="cleared", model_id="sw-other")

    assert re.fullmatch(r"alr_[0-9a-f]{20}", ALERT.alert_id)
    assert later.alert_id == ALERT.alert_id
    assert (
        len(
            {
                ALERT.alert_id,
                replace(ALERT, subject_id="b").alert_id,
                replace(ALERT, kind="campaign").alert_id,
            }
        )
        == 3
    )


def test_ids_stay_what_they_were() -> None:
    """An id is kept by other systems, so a release must not change how it is made."""
    assert ALERT.alert_id == "alr_9926753897669dac2138"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31)))  # noqa: DTZ001 - a zone is added below
def test_times_are_rfc_3339_to_the_millisecond(time: datetime) -> None:
    """A time in ms is written in UTC and reads back as itself."""
    ms = int(time.replace(tzinfo=UTC).timestamp()) * 1000 + time.microsecond // 1000

    said = timestamp(ms)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said)
    assert round(datetime.fromisoformat(said).timestamp() * 1000) == ms


@pytest.mark.parametrize("technique", TECHNIQUES.values())
def test_techniques_are_those_of_the_atlas(technique: str) -> None:
    """Each is an identifier as MITRE ATLAS writes them."""
    assert re.fullmatch(r"AML\.T\d{4}(\.\d{3})?", technique)
