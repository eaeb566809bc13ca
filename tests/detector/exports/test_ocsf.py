from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from py_ocsf_models.events.findings.detection_finding import DetectionFinding

from detector.casework.statuses import STATUSES, VERDICTS
from detector.exports.finding import ACTIVITIES, Product
from detector.exports.ocsf.artifacts import MOST_MEMBERS
from detector.exports.ocsf.event import detection_finding
from tests.support.exported import campaign_dossier, finding_of

FINDINGS = {
    "campaign": finding_of(),
    "account": finding_of("account"),
    "campaign without a case": finding_of(bare=True),
    "account without a case": finding_of("account", bare=True),
    "relay": finding_of("account", bare=True, label="relay", techniques=(), reasons=(), score=0.4),
    "closed": finding_of(
        activity="close",
        case={
            "status": "closed",
            "verdict": "true_positive_impact",
            "assignee": "u_1",
            "tags": ("resale",),
            "queue": "closed",
        },
    ),
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """The published schema of the class with its profile; unknown fields are errors in it."""
    whole = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.5.0"))
    schema = whole.get_class_schema(class_name="detection_finding", profiles=["incident"])
    assert schema["additionalProperties"] is False
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", list(FINDINGS))
def test_events_are_of_the_published_schema(name: str, validator: Draft202012Validator) -> None:
    """Every field is one of OCSF 1.5.0, of its type, and none that is required is missing."""
    event = json.loads(json.dumps(detection_finding(FINDINGS[name])))
    assert [error.message for error in validator.iter_errors(event)] == []


def test_the_validator_finds_faults(validator: Draft202012Validator) -> None:
    """Or it would prove nothing."""
    event = detection_finding(FINDINGS["campaign"])
    assert list(validator.iter_errors(event | {"ai_model": {}}))
    assert list(validator.iter_errors({**event, "metadata": {}}))


@pytest.mark.parametrize("activity", ACTIVITIES)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("verdict", [None, *VERDICTS])
def test_every_state_of_a_case_has_a_number(
    activity: Any, status: Any, verdict: Any, validator: Draft202012Validator
) -> None:
    """Statuses and verdicts are mapped, whatever their combination."""
    finding = finding_of(activity=activity, case={"status": status, "verdict": verdict})
    event = detection_finding(finding)
    assert validator.is_valid(event)
    assert event["type_uid"] == 200_400 + event["activity_id"]
    assert ("verdict_id" in event) == (verdict is not None)
    assert ("is_alert" in event) == (activity == "create")


@pytest.mark.parametrize("name", list(FINDINGS))
def test_a_second_reader_takes_them(name: str) -> None:
    """The models of py-ocsf-models read an event; of observables they know fewer types than the schema."""
    event = detection_finding(FINDINGS[name])
    event.pop("observables", None)
    read = DetectionFinding.model_validate(event)
    assert read.finding_info.uid == FINDINGS[name].alert_id
    assert read.type_uid == event["type_uid"]


def test_features_stand_beside_what_is_usual() -> None:
    """An account's anomalies have the quantiles of its cohort for baselines, as far as they are known."""
    (analysis,) = detection_finding(FINDINGS["account"])["anomaly_analyses"]
    assert [one["observation_parameter"] for one in analysis["anomalies"]] == ["coverage", "tempo"]
    (baseline,) = analysis["baselines"]
    assert baseline["observation_parameter"] == "coverage"
    assert [one["value"] for one in baseline["observations"]] == ["0", "0.01", "0.05"]


def test_who_works_on_it_and_what_was_decided_is_said() -> None:
    """The profile `incident` tells assignee, priority and verdict."""
    event = detection_finding(FINDINGS["closed"])
    assert event["assignee"]["uid"] == "u_1"
    assert (event["verdict_id"], event["status_id"], event["priority_id"]) == (2, 4, 3)
    assert event["finding_info"]["tags"] == [{"name": "tag", "values": ["resale"]}]


def test_what_is_snoozed_or_allowed_is_suppressed() -> None:
    """A queue that keeps a case from people counts before its status."""
    for queue in ("snoozed", "allowed"):
        event = detection_finding(finding_of(case={"queue": queue}))
        assert (event["status_id"], event["status_detail"]) == (3, queue)


def test_a_technique_stands_below_its_own() -> None:
    """AML.T0024.002 is a sub-technique of AML.T0024; the other one is a technique."""
    first, second = detection_finding(FINDINGS["campaign"])["finding_info"]["attacks"]
    assert first["technique"]["uid"] == "AML.T0024"
    assert first["sub_technique"]["uid"] == "AML.T0024.002"
    assert second["technique"]["uid"] == "AML.T0040"


def test_whose_models_are_asked_is_named() -> None:
    """As a resource, and in the shape of `ai_model`, which OCSF has for no finding yet."""
    event = detection_finding(FINDINGS["account"])
    assert event["resources"] == [{"type": "AI model", "name": "Acme AI"}]
    assert event["unmapped"]["ai_model"] == [{"ai_provider": "Acme AI", "name": "unspecified"}]
    nobody = detection_finding(replace(FINDINGS["account"], product=Product("1")))
    assert "resources" not in nobody


def test_a_campaign_of_many_stays_small() -> None:
    """Its busiest members are named, and all are counted."""
    dossier = campaign_dossier(members=5000)
    event = detection_finding(replace(finding_of(), dossier=dossier))
    assert len([one for one in event["evidences"] if "user" in one]) == MOST_MEMBERS
    assert event["unmapped"]["accounts"] == 5000
