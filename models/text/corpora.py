"""Which corpora teach purposes, and which only check them.

Only sources under a permissive licence (Apache-2.0, MIT, CC0, CC-BY) teach. What carries no licence, a
non-commercial or a share-alike one is read for validation alone and leaves no trace in the weights.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow.parquet as pq

from features.text.purposes import JUDGING, ORDINARY, REASONING, REWRITING, SYNTHESIS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np


@dataclass(frozen=True, slots=True)
class Corpus:
    """A file of prompts, what they are for, and how many of them are drawn."""

    file: str
    purpose: str
    rows: int


TEACHING: Final = (
    Corpus("b_judge_templates", JUDGING, 9),
    Corpus("b_prometheus_rubric_prompts", JUDGING, 400),
    Corpus("b_selfinstruct_seed_tasks", ORDINARY, 175),
    Corpus("c_awesome_prompts", ORDINARY, 800),
    Corpus("c_banking77", ORDINARY, 600),
    Corpus("c_code_completion", ORDINARY, 600),
    Corpus("c_glaive_toolcall", ORDINARY, 1500),
    Corpus("c_gsm8k", ORDINARY, 900),
    Corpus("c_ifeval", ORDINARY, 541),
    Corpus("c_oasst_prompt_lottery", ORDINARY, 250),
    Corpus("c_sroie_receipts", ORDINARY, 200),
)
"""Apache-2.0, MIT, CC0-1.0 or CC-BY-4.0, each."""

FILLING: Final = (
    "c_gsm8k",
    "c_oasst_prompt_lottery",
    "c_ifeval",
    "b_selfinstruct_seed_tasks",
    "c_code_completion",
)
"""English items for the slots of our wordings; Chinese ones: `c_glaive_toolcall` and our own list."""

CHECKING: Final = (
    Corpus("b_selfinstruct_generation_prompts_alpaca", SYNTHESIS, 600),
    Corpus("b_selfinstruct_generation_prompts_code", SYNTHESIS, 600),
    Corpus("b_alpaca_instructions", ORDINARY, 4000),
    Corpus("b_alpaca_zh", ORDINARY, 4000),
    Corpus("c_dolly_3k", ORDINARY, 2996),
    Corpus("c_mmlu_ceval_cmmlu", ORDINARY, 4000),
    Corpus("c_sharegpt_sample", ORDINARY, 3524),
    Corpus("c_t0_templated_nlp_tasks", ORDINARY, 2000),
    Corpus("c_ag_news", ORDINARY, 500),
    Corpus("b_limr_math8k_prompts", ORDINARY, 1000),
)

ASKS: Final[dict[str, re.Pattern[str]]] = {
    REASONING: re.compile(
        r"step[- ]by[- ]step (reason|think|solution|explan)|show your (work|reasoning)"
        r"|explain your (reasoning|thinking)"
        r"|think step by step|思考过程|推理过程|逐步(推理|思考|解)",
        re.IGNORECASE,
    ),
    SYNTHESIS: re.compile(
        r"^(generate|create|come up with|write|design|make|construct)\b"
        r".{0,40}\b(questions|quiz|tasks|problems|exercises|riddles?)\b"
        r"|^(生成|创建|设计|编写|提出|写).{0,12}(问题|题目|测验|任务|练习|谜语)",
        re.IGNORECASE,
    ),
    REWRITING: re.compile(
        r"^(please )?(rewrite|rephrase|reword|proofread|paraphrase|edit (the|this)"
        r"|correct the (grammar|spelling|sentence)|improve the)"
        r"|^(请)?(改写|重写|编辑|修改|润色|校对|改进|重新表述)",
        re.IGNORECASE,
    ),
}
"""Words by which a checking corpus's ordinary rows turn out to have a purpose: kept apart, as positives."""


def read(data: Path, corpus: Corpus, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Up to `corpus.rows` distinct texts with their language (`en`, `zh`, `other`), drawn by `rng`."""
    table = pq.read_table(data / "corpora" / f"{corpus.file}.parquet", columns=["text", "lang"])
    rows = dict(zip(table["text"].to_pylist(), table["lang"].to_pylist(), strict=True))
    pairs = [(text, lang or "other") for text, lang in rows.items() if text and text.strip()]
    chosen = rng.permutation(len(pairs))[: corpus.rows]
    return [pairs[i] for i in sorted(chosen)]
