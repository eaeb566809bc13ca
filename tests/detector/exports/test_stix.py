from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import stix2

from detector.exports.stix.bundle import MOST_ACCOUNTS, bundle
from tests.support.exported import campaign_dossier, finding_of


def objects(text: str) -> dict[str, list[dict[str, Any]]]:
    """The objects of a bundle by type."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads(text)["objects"]:
        found.setdefault(one["type"], []).append(one)
    return found


@pytest.mark.parametrize("kind", ["account", "campaign"])
@pytest.mark.parametrize("bare", [False, True])
def test_bundles_parse_strictly(kind: Any, *, bare: bool) -> None:
    """Every object is of STIX 2.1, with no field of our own, and what is referred to is there."""
    text = bundle(finding_of(kind, bare=bare))
    parsed = stix2.parse(text, allow_custom=False, version="2.1")
    ids = {one["id"] for one in json.loads(text)["objects"]}
    referred = {
        value
        for one in json.loads(text)["objects"]
        for name, said in one.items()
        if name.endswith(("_ref", "_refs"))
        for value in (said if isinstance(said, list) else [said])
    }
    assert len(parsed.objects) == len(ids)
    assert referred <= ids


def test_the_same_finding_gives_the_same_bytes() -> None:
    """Ids are made from what they stand for, so that who imports twice has it once."""
    assert bundle(finding_of()) == bundle(finding_of())


def test_a_later_revision_updates_the_same_objects() -> None:
    """Only the bundle has an id of its own."""
    first, second = (
        json.loads(bundle(finding_of(revision=at, time=1_780_009_000_000 + at))) for at in (1, 2)
    )
    assert first["id"] != second["id"]
    assert [one["id"] for one in first["objects"]] == [one["id"] for one in second["objects"]]


def test_a_campaign_uses_techniques_and_is_indicated_by_accounts() -> None:
    """Its members are accounts and indicators; nothing is known in clear of networks."""
    found = objects(bundle(finding_of()))
    (campaign,) = found["campaign"]
    assert len(found["user-account"]) == len(found["indicator"]) == 3
    targets = {one["target_ref"] for one in found["relationship"] if one["relationship_type"] == "indicates"}
    assert targets == {campaign["id"]}
    references = [one["external_references"][0]["external_id"] for one in found["attack-pattern"]]
    assert references == ["AML.T0024.002", "AML.T0040"]
    assert found["sighting"][0]["count"] == 5000
    assert not {"ipv4-addr", "autonomous-system"} & set(found)


@pytest.mark.parametrize("tlp", ["clear", "green", "amber", "red"])
def test_markings_are_on_what_we_say(tlp: Any) -> None:
    """Each object of ours refers to the marking, which is in the bundle."""
    found = objects(bundle(finding_of(), tlp))
    (marking,) = found["marking-definition"]
    assert found["campaign"][0]["object_marking_refs"] == [marking["id"]]
    assert found["indicator"][0]["object_marking_refs"] == [marking["id"]]


@pytest.mark.parametrize("name", ["it's", "back\\slash", "'] OR [file:name = 'x", "naïve 名前", "\x00\n"])
def test_patterns_hold_any_account_name(name: str) -> None:
    """A name cannot end the pattern that it stands in: the library's grammar checks it."""
    (found,) = objects(bundle(finding_of("account", subject=name)))["indicator"]
    assert found["pattern"].count("user-account:user_id") == 1


def test_a_large_campaign_names_its_busiest() -> None:
    """A bundle stays one that can be exchanged."""
    finding = replace(finding_of(), dossier=campaign_dossier(members=MOST_ACCOUNTS + 50))
    assert len(objects(bundle(finding))["user-account"]) == MOST_ACCOUNTS
