"""Settings: sampling parameters by the kind of use. Honest and hostile accounts draw from the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from streaming.simulator.facts import Params

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

_T = TypeVar("_T")


def chat_params(rng: np.random.Generator) -> Params:
    """A chat window or a small app."""
    return Params(
        temperature=_one(rng, (None, None, 1.0, 0.7, 0.8)),
        top_p=_one(rng, (None, None, 1.0, 0.95)),
        max_tokens=_one(rng, (None, 1024, 2048, 4096, 8192)),
        stream=_one(rng, (True, True, True, True, False)),
        reasoning_effort=_one(rng, (None, None, None, None, "low", "medium", "high")),
    )


def pipeline_params(rng: np.random.Generator) -> Params:
    """A script that works through data, whatever for."""
    return Params(
        temperature=_one(rng, (None, 0.0, 0.0, 0.2, 0.3, 0.6, 0.7, 0.7, 0.8, 1.0)),
        top_p=_one(rng, (None, None, 0.9, 0.95, 1.0)),
        max_tokens=_one(rng, (None, 256, 512, 1024, 2048, 2048, 4096, 8192, 16384)),
        n=_one(rng, (None, None, None, 1)),
        seed=_one(rng, (None, None, None, 0, 42, 1234)),
        stream=_one(rng, (None, False, False, True)),
        reasoning_effort=_one(rng, (None, None, None, "low", "medium", "high")),
        response_format=_one(rng, (None, None, None, "json_object", "text")),
    )


def agent_params(rng: np.random.Generator) -> Params:
    """A program that calls tools."""
    return Params(
        temperature=_one(rng, (None, None, 0.0, 0.2, 1.0)),
        max_tokens=_one(rng, (None, 4096, 8192, 16384, 32000)),
        stream=_one(rng, (True, True, None, False)),
        reasoning_effort=_one(rng, (None, None, "medium", "high")),
        tool_count=int(rng.integers(3, 28)),
        tools_hash=f"{int(rng.integers(1 << 62)):016x}",
    )


def harness_params(rng: np.random.Generator) -> Params:
    """An evaluation harness that generates: greedy and mostly seeded, as lm-evaluation-harness asks.

    Limits are long where models reason before they answer.
    """
    return Params(
        temperature=_one(rng, (0.0, 0.0, 0.0, None)),
        max_tokens=_one(rng, (32, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)),
        seed=_one(rng, (1234, 1234, 0, 42, None)),
        stream=_one(rng, (None, False)),
        reasoning_effort=_one(rng, (None, None, None, "low", "high")),
    )


def likelihood_params(rng: np.random.Generator) -> Params:
    """An evaluation harness that compares log-probabilities of one token."""
    return Params(
        temperature=0.0,
        max_tokens=_one(rng, (1, 1, 2, 5)),
        seed=_one(rng, (1234, 1234, None)),
        logprobs=True,
        top_logprobs=_one(rng, (1, 5, 10, 20)),
        logit_bias_size=_one(rng, (None, None, None, 4, 5)),
    )


def probability_params(rng: np.random.Generator) -> Params:
    """A reader of the next token's probability: a soft label, a calibration curve or a model's parameters.

    Some interfaces allow no fewer than 16 tokens.
    """
    return Params(
        temperature=_one(rng, (0.0, 0.0, 0.0, None, 1.0)),
        top_p=_one(rng, (None, None, None, 1.0)),
        max_tokens=_one(rng, (1, 1, 1, 1, 1, 2, 5, 16)),
        n=_one(rng, (None, None, None, 1)),
        seed=_one(rng, (None, None, 0, 42, 1234)),
        stream=_one(rng, (None, None, False)),
        logprobs=True,
        top_logprobs=_one(rng, (1, 5, 5, 20)),
        logit_bias_size=_one(rng, (None, None, int(rng.integers(2, 30)))),
    )


def label_params(rng: np.random.Generator) -> Params:
    """A classifier of one word; some read its probability, or allow only the labels' tokens."""
    biased = _one(rng, (None, None, None, int(rng.integers(2, 30))))
    top = _one(rng, (None, None, None, None, 2, 5, 20))
    return Params(
        temperature=_one(rng, (0.0, 0.0, 0.0, None, 0.2)),
        max_tokens=_one(rng, (1, 1, 3, 5, 8, 10, 16, 32, None)),
        seed=_one(rng, (None, None, None, 0, 42)),
        stream=_one(rng, (None, False)),
        logprobs=None if top is None else True,
        top_logprobs=top,
        logit_bias_size=biased,
        response_format=_one(rng, (None, None, "json_object")),
    )


def judge_params(rng: np.random.Generator) -> Params:
    """A judge: a word, a rating with its grounds, or a verdict after long thought."""
    return Params(
        temperature=_one(rng, (0.0, 0.0, 0.0, None, None, 0.2, 0.7, 1.0)),
        top_p=_one(rng, (None, None, None, 0.95, 1.0)),
        max_tokens=_one(rng, (None, 16, 128, 256, 512, 1024, 2048, 2048, 4096, 8192, 16384)),
        n=_one(rng, (None, None, None, 1)),
        seed=_one(rng, (None, None, None, 0, 42, 1234)),
        stream=_one(rng, (None, None, False)),
        reasoning_effort=_one(rng, (None, None, None, "low", "medium", "high")),
        response_format=_one(rng, (None, None, None, "json_object")),
    )


def sampling_params(rng: np.random.Generator) -> Params:
    """Several answers to each prompt, none of them greedy."""
    return Params(
        temperature=_one(rng, (0.2, 0.5, 0.6, 0.6, 0.7, 0.7, 0.8, 1.0, 1.0)),
        top_p=_one(rng, (None, 0.9, 0.95, 0.95, 1.0)),
        max_tokens=_one(rng, (512, 1024, 2048, 4096, 8192, 16384, 32768)),
        n=_one(rng, (None, None, 1, 4, 8)),
        seed=_one(rng, (None, None, None, 0, 42)),
        stream=_one(rng, (None, False)),
        reasoning_effort=_one(rng, (None, None, "medium", "high")),
    )


def long_params(rng: np.random.Generator) -> Params:
    """A pipeline whose answers are long."""
    return Params(
        temperature=_one(rng, (None, 0.0, 0.2, 0.7, 0.9, 1.0, 1.1)),
        top_p=_one(rng, (None, None, 0.9, 0.95)),
        max_tokens=_one(rng, (2048, 4096, 4096, 8192, 8192, 16384, 32000)),
        stream=_one(rng, (None, True, False)),
        reasoning_effort=_one(rng, (None, None, None, "low", "medium")),
    )


def dialogue_params(rng: np.random.Generator) -> Params:
    """Talk with a character, by whoever writes it: a window's settings, or room for long answers."""
    return _one(rng, (chat_params, long_params))(rng)


def script_params(rng: np.random.Generator) -> Params:
    """A program of any kind, with the settings of the example that it was copied from."""
    return _one(rng, (pipeline_params, pipeline_params, long_params, chat_params))(rng)


def _one(rng: np.random.Generator, options: Sequence[_T]) -> _T:
    return options[int(rng.integers(len(options)))]
