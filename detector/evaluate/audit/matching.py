"""Which honest accounts a family is compared with: those that do the like, as much of it.

An attack differs from all honest use together, since it does one thing: what must not differ is an attack
from honest accounts that do the same thing for themselves.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_SYNTHETIC: Final = ("synth_customer", "notebook", "thesis", "framework")
_SOLVING: Final = ("math_app", "stepwise", "eval_harness", "passk", "benchmark_crowd", "thesis", "notebook")
_AGENTS: Final = ("coding", "ci_review", "framework", "handover", "loadtest")
_JUDGES: Final = ("judge_eval", "eval_harness")

TWINS: Final = MappingProxyType(
    {
        "agentic_synthesis": (*_AGENTS, *_SYNTHETIC),
        "answer_harvest": _SOLVING,
        "ban_migration": (*_SOLVING, *_SYNTHETIC),
        "code_distill": ("coding", "ci_review", "passk", "notebook", "hobby", "eval_harness"),
        "evol_instruct": (*_SYNTHETIC, "creative"),
        "fixed_cot": _SOLVING,
        "isolated": (*_SOLVING, "tutoring"),
        "judge_reward": _JUDGES,
        "logprob_stealing": ("eval_harness", "classification", "loadtest"),
        "low_and_slow": (*_SOLVING, "tutoring", "hobby"),
        "model_pivot": (*_SOLVING, "explorer", "loadtest"),
        "multilingual_coercion": (*_SOLVING, "translation", "tutoring"),
        "pairwise_judge": _JUDGES,
        "paraphrased": _SOLVING,
        "persona_dialogues": ("roleplay", "creative", "support", "synth_customer"),
        "reference": _AGENTS,
        "rejection_sampling": ("passk", "eval_harness", "stepwise", "benchmark_crowd", "synth_customer"),
        "relay_mixed": (*_SOLVING, "gateway", "multiprovider"),
        "rerouted_users": ("gateway", "saas", "chat", "support", "multiprovider"),
        "self_instruct": _SYNTHETIC,
        "technique_search": ("redteam", "explorer"),
        "trace_cleaning": (*_SOLVING, "summarisation", "extraction"),
        "translation_corpus": ("translation", "summarisation", "migration"),
    }
)
"""Honest archetypes that do what a family does; a family that is not named is compared with all of them."""

_BINS: Final = 6
_EACH: Final = 3
"""honest accounts for each hostile one, where there are as many"""


def matched(accounts: pd.DataFrame, family: str, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Rows of `accounts` that are honest twins of `family`, with a similar number of requests.

    Columns: family (null: honest), archetype, n_events.
    """
    honest = accounts["family"].isna()
    if family in TWINS:
        honest &= accounts["archetype"].isin(TWINS[family])
    size = np.log2(accounts["n_events"].to_numpy(float) + 1)
    theirs = size[(accounts["family"] == family).to_numpy()]
    edges = np.quantile(theirs, np.linspace(0, 1, _BINS + 1)) if len(theirs) else np.zeros(_BINS + 1)
    edges[0], edges[-1] = edges[0] - 1, edges[-1] + 1
    wanted = _EACH * np.bincount(np.searchsorted(edges, theirs) - 1, minlength=_BINS)
    chosen = np.zeros(len(accounts), dtype=bool)
    for place in range(_BINS):
        there = np.flatnonzero(honest.to_numpy() & (size > edges[place]) & (size <= edges[place + 1]))
        chosen[rng.permutation(there)[: wanted[place]]] = True
    return chosen
