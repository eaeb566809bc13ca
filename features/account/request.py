"""Features of how it is asked and what comes back: parameters, tokens, the account's own history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from numba import njit

from features.account.measures import mean, share, spread, top
from features.catalogue import Feature

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from features.rows import Record

_SHARE: Final = ("share", 0.0, 1.0)
_LOG: Final = ("log2", 0.0, 32.0)

FEATURES: Final = (
    Feature("output_length", "request", *_LOG, "Mean logarithm of output tokens.",
            "Training targets are long.", "Writers, coders, report products."),
    Feature("output_spread", "request", *_LOG, "Spread of the logarithm of output tokens.",
            "One kind of target has one kind of length.", "Single-purpose products."),
    Feature("input_length", "request", *_LOG, "Mean logarithm of input tokens.",
            "Bare items are short, judged texts are long.", "Everything has some length."),
    Feature("input_spread", "request", *_LOG, "Spread of the logarithm of input tokens.",
            "Items of one set vary little.", "Forms and receipts."),
    Feature("yield", "request", "log2", -32.0, 32.0, "Output length less input length, as logarithms.",
            "The answer is the good being taken.", "Writing assistants."),
    Feature("fill", "request", *_SHARE, "Mean share of max_tokens that the answer used.",
            "A high limit is set so that no target is cut.", "Defaults of software kits."),
    Feature("capped_share", "request", *_SHARE, "Answers cut by max_tokens.",
            "Pipelines avoid cut targets; probing cuts at one token.", "Classification with tight limits."),
    Feature("limit_length", "request", *_LOG, "Mean logarithm of max_tokens.",
            "Pipelines set one high limit.", "Software kits do as well."),
    Feature("settings_share", "request", *_SHARE, "Requests under the account's most used parameters.",
            "A pipeline has one configuration.", "So has every product."),
    Feature("temperature", "request", "degrees", 0.0, 100.0, "Mean temperature.",
            "Sampling wants diversity.", "Chat defaults."),
    Feature("cold_share", "request", *_SHARE, "Requests at temperature 0.",
            "Honest batch work is mostly cold.", "Judges and careful pipelines are cold too."),
    Feature("seeded_share", "request", *_SHARE, "Requests with a seed.",
            "Evaluation harnesses give one; pipelines that want diversity do not.", "Reproducible products."),
    Feature("sampled_share", "request", *_SHARE, "Requests for several answers.",
            "Rejection sampling.", "pass@k evaluations, ideation tools."),
    Feature("logprob_share", "request", *_SHARE, "Requests for log-probabilities.",
            "They leak the output layer (Carlini et al. 2024).", "Confidences of classifiers; harnesses."),
    Feature("bias_share", "request", *_SHARE, "Requests with a logit bias.",
            "Enumerating biased tokens recovers logits.", "Classifiers that restrict answers."),
    Feature("bias_size", "request", "entries", 0.0, 2.0**31, "Mean entries of the logit-bias map.",
            "Recovery sweeps many tokens.", "Classifiers bias a few."),
    Feature("one_token_share", "request", *_SHARE, "Requests for one token.",
            "Recovery needs one distribution a request.", "Classifiers."),
    Feature("formatted_share", "request", *_SHARE, "Requests with a response format.",
            "Honest extraction wants JSON; free reasoning does not.", "Structured task synthesis."),
    Feature("tooled_share", "request", *_SHARE, "Requests that offer tools.",
            "Agents use tools; most harvesting does not.", "Agentic harvesting does."),
    Feature("effort_share", "request", *_SHARE, "Requests for high reasoning effort.",
            "Traces are the target.", "Hard problems."),
    Feature("reasoned_share", "request", *_SHARE, "Answered requests that spent reasoning tokens.",
            "Traces are the target.", "Reasoning models by default."),
    Feature("cached_ratio", "request", "ratio", 0.0, 1.0, "Cached input tokens per input token.",
            "Rotation over accounts destroys cache continuity.", "Short prompts are never cached."),
    Feature("history_share", "provenance", *_SHARE, "Requests that carry a recognisable earlier answer.",
            "Conversations carry history; data sets do not.", "Batch jobs."),
    Feature("foreign_history_share", "provenance", *_SHARE,
            "Of those, the share whose newest earlier answer was not served to this account lately.",
            "Hand-over between pooled accounts, and replay of captured traces.",
            "Gateways over several providers; logs with gaps."),
)  # fmt: skip


@njit(cache=True, nogil=True)
def measure(state: Record, out: NDArray[np.float64]) -> None:
    """Write the features above, in their order, to `out`; `state` is one account's row."""
    events, limits, temperatures = state.events, state.with_limit, state.with_temperature
    out[0] = mean(state.log_output, state.with_output) / 256.0
    out[1] = spread(state.log_output, state.log_output_sq, state.with_output) / 256.0
    out[2] = mean(state.log_input, state.with_input) / 256.0
    out[3] = spread(state.log_input, state.log_input_sq, state.with_input) / 256.0
    out[4] = out[0] - out[2]
    out[5] = mean(state.fill, state.filled) / 1024.0
    out[6] = share(state.capped, state.finished, 0.03)
    out[7] = mean(state.log_limit, limits) / 256.0
    out[8] = share(top(state.settings_n), events, 0.5)
    out[9] = mean(state.temperature, temperatures) / 1000.0
    out[10] = share(state.cold, temperatures, 0.2)
    out[11] = share(state.seeded, events, 0.02)
    out[12] = share(state.sampled, events, 0.01)
    out[13] = share(state.logprobs, events, 0.01)
    out[14] = share(state.biased, events, 0.005)
    out[15] = mean(state.bias_size, state.biased) if state.biased > 0 else 0.0
    out[16] = share(state.one_token, limits, 0.01)
    out[17] = share(state.formatted, events, 0.05)
    out[18] = share(state.tooled, events, 0.2)
    out[19] = share(state.effortful, events, 0.02)
    out[20] = share(state.reasoned, state.ok, 0.2)
    # Some providers leave cached tokens out of the input's count.
    cached = min(state.cached_tokens, state.input_tokens)
    out[21] = mean(cached, state.input_tokens if state.with_cached > 0 else 0)
    out[22] = share(state.with_history, state.with_text, 0.3)
    out[23] = share(state.with_history - state.own_history, state.with_history, 0.2)
