"""Features of what is asked, from keyed hashes and purpose scores."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from numba import njit

from features.account.measures import mean, share, spread, top
from features.account.sketches import distinct
from features.catalogue import Feature
from features.rows import SHINGLES
from features.text.purposes import PURPOSES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from features.rows import Record

_MEANINGS: Final = {
    "reasoning": "a demand for written-out reasoning",
    "judging": "grading or comparing answers by a rubric",
    "synthesis": "a demand for new tasks, instructions or tests",
    "rewriting": "cleaning or rewriting an answer or a trace",
    "refusal": "an attempt on what the model declines",
    "ordinary": "none of the other purposes",
}
_SHARE: Final = ("share", 0.0, 1.0)
_LOG: Final = ("log2", 0.0, 32.0)

FEATURES: Final = (
    Feature("template_share", "content", *_SHARE, "Requests made from the account's most used template.",
            "A campaign sends one prompt around many items.",
            "Bulk classification, extraction and products do so too."),
    Feature("wrapper_share", "content", *_SHARE, "Requests that begin or end with the same words.",
            "An injected instruction stands before or after each item.",
            "Every product with a prompt of its own."),
    Feature("system_share", "content", *_SHARE, "Requests under the account's most used system prompt.",
            "An injected instruction may be the system prompt.", "Every assistant product."),
    Feature("content_novelty", "content", *_SHARE, "Requests whose whole input was not sent before.",
            "A training set is covered once: no item comes twice.", "Chat; retrieval over new documents."),
    Feature("shingle_novelty", "content", *_SHARE, "New word triples per request, of those sampled.",
            "Low: every prompt repeats the words of one instruction around its item.", "Forms and products."),
    Feature("template_variety", "content", *_SHARE, "Different templates per request.",
            "Low: a pipeline uses few templates, people use many.", "Single-purpose products use few."),
    Feature("opening_variety", "content", *_SHARE, "Different conversation openings per request.",
            "Each item opens a conversation and none is continued.", "Batch jobs."),
    Feature("wrapped_novelty", "content", *_SHARE, "Wrapper share times novelty of the items.",
            "One instruction around items that never repeat.", "Classification of new documents."),
    Feature("wrapped_length", "content", "log2", 0.0, 32.0,
            "Wrapper share times novelty times the logarithm of the answer's length.",
            "One instruction, ever new items, and long answers: what a training set is made of.",
            "Report writers and content products."),
    Feature("single_turn_share", "content", *_SHARE, "Requests without an earlier answer in the input.",
            "A data set is made of single exchanges.", "Batch jobs, search products."),
    Feature("tool_result_share", "content", *_SHARE, "Requests that carry tool results.",
            "Real agent work carries them; synthetic tasks rarely do.", "Chat without tools."),
    Feature("repeat_share", "content", *_SHARE, "Requests whose input is among the last few.",
            "Several samples of one item: rejection sampling.", "Load tests, pass@k evaluations, retries."),
    Feature("refused_share", "content", *_SHARE, "Answers declined by the model or its filter.",
            "Technique search meets refusals.", "Red teams, clumsy moderation queues."),
    Feature("user_length", "content", *_LOG, "Mean logarithm of the user message's bytes.",
            "Items of a data set have a typical length.", "So do tickets and documents."),
    Feature("user_spread", "content", *_LOG, "Spread of the logarithm of the user message's bytes.",
            "One template around items of one set varies little.", "Forms and receipts."),
    *(
        Feature(f"purpose_{name}", "content", *_SHARE, f"Requests whose text reads as {_MEANINGS[name]}.",
                "Campaigns ask for what is valuable in training.", "Honest users ask it too: no guilt.",
                # Wordings of the next campaign are not those of the last: leaving these out of the scorer
                # raised the share of unseen campaigns that is found (docs/design.md).
                scored=False)
        for name in PURPOSES
    ),
)  # fmt: skip


@njit(cache=True, nogil=True)
def measure(state: Record, out: NDArray[np.float64]) -> None:
    """Write the features above, in their order, to `out`; `state` is one account's row."""
    texts, users = state.with_text, state.with_user
    wrapper = share(max(top(state.heads_n), top(state.tails_n)), users, 0.1)
    novelty = share(distinct(state.contents), texts, 0.9)
    out[0] = share(top(state.templates_n), users, 0.1)
    out[1] = wrapper
    out[2] = share(top(state.systems_n), texts, 0.1)
    out[3] = novelty
    out[4] = share(distinct(state.shingles) / SHINGLES, users, 0.7)
    out[5] = share(distinct(state.template_kinds), users, 0.7)
    out[6] = share(distinct(state.openings), texts, 0.5)
    out[7] = wrapper * novelty
    out[8] = wrapper * novelty * mean(state.log_output, state.with_output) / 256.0
    out[9] = share(state.single_turn, texts, 0.7)
    out[10] = share(state.tool_results, texts, 0.05)
    out[11] = share(state.repeated, texts, 0.02)
    out[12] = share(state.refused, state.finished, 0.005)
    out[13] = mean(state.log_user, users) / 256.0
    out[14] = spread(state.log_user, state.log_user_sq, users) / 256.0
    for purpose in range(out.shape[0] - 15):
        out[15 + purpose] = share(state.purposes[purpose], texts, 0.02) if texts > 0 else math.nan
