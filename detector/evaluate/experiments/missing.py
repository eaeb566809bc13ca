"""Metadata fields removed from a log, one group at a time: no gateway logs them all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from detector.evaluate.experiments.rewrite import rewrite, without
from detector.evaluate.experiments.sketched import check_canonical, sketched
from detector.evaluate.experiments.steps import unseen
from detector.evaluate.grading import grade
from detector.evaluate.results import MissingField, Summary
from detector.evaluate.runner import replay_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detector.compose import Setup
    from detector.evaluate.experiments.steps import Step
    from detector.truth import WorldTruth

GROUPS: Final = MappingProxyType(
    {
        "nothing": (),
        "network": ("client_ip", "client_asn", "client_country"),
        "user agent": ("user_agent",),
        "TLS fingerprint": ("ja4",),
        "device": ("device_id",),
        "account age": ("account_created",),
        "plan": ("plan",),
        "payment": ("payment_fingerprint",),
        "sign-up": ("signup_channel",),
        "human token": ("human_token",),
        "session": ("session_id",),
        "end user": ("end_user_id",),
        "organisation": ("org_id",),
        "key": ("api_key_id",),
        "token limit": ("max_tokens",),
        "sampling": ("temperature", "top_p"),
        "answers asked": ("n",),
        "seed": ("seed",),
        "tools": ("tool_count", "tools_hash"),
        "response format": ("response_format",),
        "reasoning effort": ("reasoning_effort",),
        "log-probabilities": ("logprobs", "top_logprobs", "logit_bias_size"),
        "latency": ("latency_ms", "ttft_ms"),
        "token counts": ("input_tokens", "output_tokens", "cached_input_tokens", "reasoning_tokens"),
        "outcome": ("status", "finish_reason", "error_type"),
        "model": ("model", "provider"),
    }
)
"""Fields that come from one place in a gateway, and so are missing together."""


def missing(
    paths: Sequence[str],
    truth: WorldTruth,
    setup: Setup,
    groups: Mapping[str, Sequence[str]] = GROUPS,
    step: Step = unseen,
) -> tuple[MissingField, ...]:
    """Key figures of one world with each group of fields removed from its logs.

    The logs are sketched first, which changes no finding and saves reading their text each time. Raises
    `WorldError` for logs that are not canonical.
    """
    check_canonical(paths)
    found = []
    with tempfile.TemporaryDirectory() as name:
        sent = rewrite(paths, Path(name) / "sketch", sketched(setup.replay))
        for number, (group, fields) in enumerate(groups.items(), 1):
            step(f"without {group}", number, len(groups))
            bare = rewrite(sent, Path(name) / "bare", without(fields)) if fields else sent
            said = replay_world(bare, setup)
            found.append(MissingField(group, tuple(fields), Summary.of(grade(truth, said))))
    return tuple(found)
