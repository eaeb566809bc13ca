from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.hook.policy.holding import NONE, Rules, Standing
from detector.hook.policy.reading import PolicyError, default_text, read_policy, read_policy_file
from detector.hook.policy.trial import History, tried

if TYPE_CHECKING:
    from pathlib import Path

RULE = '[[rule]]\nname = "a"\naction = "block"\n'


def test_the_shipped_policy_can_be_read() -> None:
    """Its id is that of its text."""
    first, second = read_policy(default_text()), read_policy(default_text() + "\n")
    assert first.policy_id != second.policy_id
    assert first.rule == second.rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "no TOML"),
        ("rule = []\nfoo = 1", "unknown field `foo`"),
        (RULE + "when = { score_at_least = 2.0 }", r"rule\[0\]\.when\.score_at_least: Expected .* <= 1"),
        (RULE + "when = { label = ['guilty'] }", r"rule\[0\]\.when\.label\[0\]"),
        (RULE.replace("block", "blok") + "when = {}", r"rule\[0\]\.action"),
        (RULE.replace('"a"', '"A b"') + "when = {}", r"rule\[0\]\.name"),
        (RULE.replace('"a"', '"a\\n"') + "when = {}", r"rule\[0\]\.name"),
        (RULE + "when = {}\n" + RULE + "when = {}", r"rule\[1\]\.name: 'a' is used twice"),
        (RULE + "retry_after = 0\nwhen = {}", r"rule\[0\]\.retry_after"),
        (RULE.replace("block", "degrade") + "strip = []\nwhen = {}", None),
        ("policy_id = 'x'\nrule = []", "policy_id is made of the text"),
        ("rule = []\nhysteresis = -1.0", "hysteresis"),
        ("#" * 300_000, "longer than"),
    ],
)
def test_an_error_names_the_field_and_the_remedy(text: str, said: str | None) -> None:
    """With the place first and what to do at the end."""
    if said is None:
        assert read_policy(text).rule[0].clamp_n == 1
        return
    with pytest.raises(PolicyError, match=said) as failure:
        read_policy(text, "policy.toml")
    assert str(failure.value).startswith("policy.toml: ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """And one that is no text."""
    with pytest.raises(PolicyError, match=r"absent\.toml: No such file"):
        read_policy_file(tmp_path / "absent.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyError, match=r"bytes\.toml: no UTF-8"):
        read_policy_file(tmp_path / "bytes.toml")


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    """It is a policy, or an error of ours."""
    with suppress(PolicyError):
        read_policy(text)


@given(
    st.sampled_from(["benign", "relay", "distillation"]),
    st.floats(0, 1),
    st.tuples(st.booleans(), st.booleans()),
    st.sampled_from([None, "none", "valid", "invalid"]),
)
def test_what_applies_to_a_request_holds_or_comes_after(
    label: str,
    score: float,
    flags: tuple[bool, bool],
    token: str | None,
) -> None:
    """The rule that holds for an account is the first that applies to any request of it."""
    rules = Rules(read_policy(default_text()))
    standing = Standing(label, score, *flags)
    held = rules.holding(standing, NONE)
    assert rules.first(standing, NONE, None, token) >= held
    assert rules.first(standing, held, None, token) >= held
    assert rules.first(standing, held, None, "none") == held


def test_a_trial_counts_accounts_and_requests() -> None:
    """By label and action as of the end; how often actions changed; some names."""
    rules = Rules(read_policy(default_text()))

    def standing(score: float, label: str = "distillation") -> Standing:
        return Standing(label, score, label == "distillation", in_campaign=False)

    trial = tried(
        rules,
        [
            History("a", [standing(0.6), standing(0.95), standing(0.87)], 10),
            History("b", [standing(0.95), standing(0.1, "benign")], 5),
            History("c", []),
        ],
    )
    assert dict(trial.accounts) == {("distillation", "throttle"): 1, ("benign", "allow"): 1}
    assert trial.requests["distillation", "throttle"] == 10
    assert trial.changes == 2
    assert trial.hardest["throttle"] == 2
    assert trial.examples["throttle"] == ["a"]
