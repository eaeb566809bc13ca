"""Policies of the hook in TOML: read, or `PolicyError`."""

from __future__ import annotations

from detector.hook.policy.reading import PolicyError, read_policy


def fuzz(data: bytes) -> None:
    """The bytes as its text."""
    try:
        policy = read_policy(data.decode("utf-8", "replace"))
    except PolicyError:
        return
    assert policy.policy_id.startswith("pol_")
    names = [rule.name for rule in policy.rule]
    assert len(set(names)) == len(names)
