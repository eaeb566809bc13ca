from __future__ import annotations

import datetime as dt
from importlib.metadata import PackageMetadata, PathDistribution
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.licences import (
    UNKNOWN,
    Exemption,
    Rules,
    findings,
    judged,
    licence_of,
    permitted,
    read_rules,
    unused,
)

ROOT: Final = Path(__file__).parents[2]
ALLOWED: Final = frozenset({"MIT", "Apache-2.0"})
REVIEWED: Final = Exemption("LGPL-3.0-only", "It is replaceable.", dt.date(2026, 11, 22))
RULES: Final = Rules(ALLOWED, {"MIT License": "MIT"}, {"known": REVIEWED})


def said(folder: Path, fields: dict[str, str]) -> PackageMetadata:
    """The metadata of a package that says so."""
    lines = [f"{name}: {value}\n" for name, value in fields.items()]
    (folder / "METADATA").write_text("".join(lines), encoding="utf-8")
    return PathDistribution(folder).metadata


def test_all_that_ships_may_ship() -> None:
    """Every package that runs is permissive or was reviewed, and no review is left over."""
    rules = read_rules(ROOT / "tools/licences.toml")
    found = findings(ROOT, rules)
    assert [one.problem for one in found if one.problem] == []
    assert unused(found, rules) == []


@pytest.mark.parametrize(
    ("expression", "good"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only AND MIT OR Apache-2.0", True),
        ("GPL-3.0-only AND (MIT OR Apache-2.0)", False),
        ("MIT AND (GPL-3.0-only OR Apache-2.0)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        (UNKNOWN, False),
    ],
)
def test_an_expression_is_permitted_if_a_choice_is(expression: str, good: bool) -> None:  # noqa: FBT001
    """OR is a choice, AND is not, and what is unknown is refused."""
    assert permitted(expression, ALLOWED) is good


@given(st.lists(st.lists(st.sampled_from(["MIT", "Apache-2.0", "GPL-3.0-only"]), min_size=1), min_size=1))
def test_choices_between_bundles(bundles: list[list[str]]) -> None:
    """A choice between bundles is permitted exactly if all of one bundle is allowed."""
    expression = " OR ".join(f"({' AND '.join(bundle)})" for bundle in bundles)
    assert permitted(expression, ALLOWED) == any(set(bundle) <= ALLOWED for bundle in bundles)


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License-Expression": "MIT", "License": "GPL-3.0-only"}, "MIT"),
        ({"License": "apache-2.0"}, "Apache-2.0"),
        (
            {
                "License": "The whole text\n        of a licence",
                "Classifier": "License :: OSI Approved :: MIT License",
            },
            "MIT",
        ),
        ({"Classifier": "Topic :: Software Development"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_a_licence_is_read_from_the_newest_field_that_tells(
    fields: dict[str, str], licence: str, tmp_path: Path
) -> None:
    """The expression counts before the name, and this before the classifier."""
    assert licence_of(said(tmp_path, fields), RULES.aliases) == licence


def test_an_exception_is_for_the_licence_that_was_reviewed() -> None:
    """The reviewed package ships; under another licence, or as another package, it does not."""
    assert judged("known", "1", "LGPL-3.0-only", RULES).note == "It is replaceable. (2026-11-22)"
    assert judged("known", "2", "GPL-3.0-only", RULES).problem
    assert judged("known", "2", UNKNOWN, RULES).problem
    assert judged("other", "1", "LGPL-3.0-only", RULES).problem


def test_an_exception_that_is_not_needed_is_told() -> None:
    """A package that became permissive needs no exception any more."""
    assert unused([judged("known", "3", "MIT", RULES)], RULES) == ["known"]
