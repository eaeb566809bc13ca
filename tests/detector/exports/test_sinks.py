from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.exports.errors import ExportError
from detector.exports.outbox.backoff import FIRST, MOST, delay
from detector.exports.outbox.matching import matches
from detector.exports.sinks.secrets import secret
from detector.exports.sinks.settings import decoded, encoded, make_sink, shown
from detector.exports.sinks.sink import Selection
from tests.support.exported import finding_of

if TYPE_CHECKING:
    from pathlib import Path

HOOK = {"url": "https://example.test/x", "secret": "env:STILLWATCH_EXPORT_SOC"}
CHANCE = st.floats(0, 1, exclude_max=True)


def test_settings_survive_the_store() -> None:
    """What was set is read back, and shown as it was written."""
    settings = HOOK | {"kinds": "campaign", "labels": "distillation, relay", "severity": "4", "on": "create"}
    sink = make_sink("soc", "webhook", settings, 5)
    assert decoded("soc", "webhook", encoded(sink), 5, None) == sink
    assert shown(sink) == {
        **HOOK,
        "format": "ocsf",
        "kinds": "campaign",
        "labels": "distillation,relay",
        "severity": "4",
        "on": "create",
    }


@pytest.mark.parametrize(
    ("name", "kind", "settings", "said"),
    [
        ("SOC", "webhook", HOOK, "name of the sink"),
        ("soc", "pager", HOOK, "kind of the sink"),
        ("soc", "webhook", {}, "url"),
        ("soc", "webhook", HOOK | {"colour": "red"}, "colour"),
        ("soc", "webhook", HOOK | {"severity": "9"}, "severity"),
        ("soc", "webhook", HOOK | {"on": "birthday"}, "birthday"),
        ("soc", "webhook", HOOK | {"url": "ftp://example.test"}, "https://HOST/PATH"),
        ("soc", "webhook", HOOK | {"url": "https://example.test\n"}, "https://HOST/PATH"),
        ("soc", "webhook", HOOK | {"url": "https://me:pw@example.test"}, "https://HOST/PATH"),
        ("soc", "webhook", HOOK | {"secret": "env:HOME"}, "env:STILLWATCH_EXPORT_"),
        ("soc", "syslog", {"host": "h", "port": "70000"}, "port"),
        ("soc", "notify", {"url": "slack://a/b/c"}, "name where the secret is"),
    ],
)
def test_what_is_wrong_is_named(name: str, kind: str, settings: dict[str, str], said: str) -> None:
    """Before anything is stored."""
    with pytest.raises(ExportError, match=said):
        make_sink(name, kind, settings, 0)


@pytest.mark.parametrize("given_secret", ["whsec_abc", "env:whsec_abc", "file:whsec_abc"])
def test_a_secret_in_place_of_its_name_is_not_repeated(given_secret: str) -> None:
    """The message ends up in logs and on screens."""
    with pytest.raises(ExportError) as failure:
        make_sink("soc", "webhook", HOOK | {"secret": given_secret}, 0)
    assert "abc" not in str(failure.value)


def test_secrets_are_read_where_they_are(tmp_path: Path) -> None:
    """From a variable or a file, without the end of the line."""
    (tmp_path / "key").write_text("whsec_f\n")
    assert secret(f"file:{tmp_path / 'key'}", {}) == "whsec_f"
    assert secret("env:STILLWATCH_EXPORT_A", {"STILLWATCH_EXPORT_A": "whsec_e"}) == "whsec_e"
    for missing in (f"file:{tmp_path / 'none'}", "env:STILLWATCH_EXPORT_B"):
        with pytest.raises(ExportError, match="secret"):
            secret(missing, {})


@given(st.integers(1, 1000), CHANCE, CHANCE)
def test_waits_grow_within_bounds(attempts: int, low: float, high: float) -> None:
    """From 5 s to 6 h, each at least half of what the plan says, and never shorter for a later try."""
    assert FIRST // 2 <= delay(attempts, low) <= MOST
    assert delay(attempts + 1, low) >= delay(attempts, low)
    assert abs(delay(attempts, low) - delay(attempts, high)) <= delay(attempts, 0.0) + 1


@given(st.integers(1, 100), CHANCE, st.integers(0, 10 * MOST))
def test_who_asks_for_time_gets_it(attempts: int, draw: float, asked: int) -> None:
    """But no more than 6 h."""
    assert min(asked, MOST) <= delay(attempts, draw, asked) <= MOST


def test_the_plan_reaches_hours() -> None:
    """5 s at first, and 6 h in the end."""
    assert delay(1, 0.999_999_9) == FIRST
    assert delay(9, 0.999_999_999) == MOST


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        (Selection(), True),
        (Selection(kinds=("account",)), False),
        (Selection(kinds=("campaign",)), True),
        (Selection(labels=("relay",)), False),
        (Selection(severity=4), True),
        (Selection(severity=5), False),
        (Selection(on=("close",)), False),
        (Selection(on=("create", "close")), True),
    ],
)
def test_sinks_choose(selection: Selection, *, wanted: bool) -> None:
    """By kind, label, severity and what happened."""
    assert matches(selection, finding_of()) is wanted
