"""What the corpus files hold: which rows of which file are texts of which kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Cut: TypeAlias = Literal["whole", "sentences", "judged", "reference"]
"""What a text is made of: the row, its sentences, or one part of a rubric prompt."""

_SENTENCE: Final = re.compile(r"[A-Z][^.!?\n\\]{30,260}[.!?](?=\s|$)")
_PARTS: Final = {
    "judged": re.compile(r"###Response to evaluate:\s*(.+?)\s*###Reference", re.DOTALL),
    "reference": re.compile(r"###Reference Answer[^\n]*:\s*(.+?)\s*###Score", re.DOTALL),
    "sentences": _SENTENCE,
}


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one file that are texts of one kind."""

    kind: str
    origin: str
    file: str
    prefixes: tuple[str, ...] = ("",)
    """of the column `kind`"""
    langs: tuple[str, ...] = ()
    """none: all"""
    opening: bool | None = None
    """first turns only, later turns only, or either"""
    column: str = "text"
    cut: Cut = "whole"
    longest: int = 1_200
    """characters of a text; more is cut off"""
    by_template: bool = False
    """one pool for each value of the column `kind`"""

    @property
    def name(self) -> str:
        """Unique among all sources."""
        return f"{self.kind}/{self.origin}"


def parts(text: str, cut: Cut) -> Iterator[str]:
    """The texts that a row's `text` gives under `cut`."""
    if cut == "whole":
        yield text
        return
    for found in _PARTS[cut].finditer(text):
        yield found[1] if found.lastindex else found[0]


_SHARES: Final = ("general_qa", "open_qa", "brainstorming", "creative_writing")
_DOCUMENTS: Final = ("multi_news", "cnn_dailymail", "xsum", "samsum", "quoref", "duorc", "ropes", "imdb")
_HUMAN: Final = ("glaive_toolcall_en_demo.json:human", "glaive_toolcall_zh_demo.json:human")

SOURCES: Final = (
    Source("chat", "sharegpt", "c_sharegpt_sample", opening=True),
    Source("chat", "dolly", "c_dolly_3k", _SHARES),
    Source("chat", "oasst", "c_oasst_prompt_lottery"),
    Source("chat", "alpaca_gpt4", "b_alpaca_gpt4_demo", ("gpt4_en",)),
    Source("followups", "sharegpt", "c_sharegpt_sample", opening=False),
    Source("followups", "glaive", "c_glaive_toolcall", _HUMAN, ("en",), opening=False),
    Source("followups_zh", "glaive", "c_glaive_toolcall", _HUMAN, ("zh",), opening=False),
    Source("code_tasks", "code_alpaca", "b_code_alpaca", ("data/code_alpaca",)),
    Source("code_tasks", "new_code_alpaca", "b_code_alpaca", ("data/new_codealpaca",)),
    Source("code_tasks", "evol_code", "b_code_alpaca", ("converted_alpaca",)),
    Source("code_completion", "infilling", "c_code_completion", ("MultiLine", "SingleLine", "RandomSpan")),
    Source("code_completion", "humaneval", "c_code_completion", ("humaneval",)),
    Source("math", "gsm8k", "c_gsm8k"),
    Source("math", "limr", "b_limr_math8k_prompts"),
    Source("exam", "mmlu", "c_mmlu_ceval_cmmlu", ("mmlu",)),
    Source("exam_zh", "ceval", "c_mmlu_ceval_cmmlu", ("ceval",)),
    Source("exam_zh", "cmmlu", "c_mmlu_ceval_cmmlu", ("cmmlu",)),
    Source("short_texts", "ag_news", "c_ag_news"),
    Source("short_texts", "banking77", "c_banking77"),
    Source("documents", "receipts", "c_sroie_receipts"),
    Source("documents", "p3", "c_t0_templated_nlp_tasks", _DOCUMENTS),
    Source("translation_en", "multi30k", "c_multi30k_translation", ("en-de",)),
    Source("translation_en", "ag_news", "c_ag_news", cut="sentences"),
    Source("translation_de", "multi30k", "c_multi30k_translation", ("de-en",)),
    Source("support", "bitext", "c_bitext_support"),
    Source("support", "banking77", "c_banking77"),
    Source("persona", "awesome", "c_awesome_prompts"),
    Source("instructions", "alpaca", "b_alpaca_instructions"),
    Source("instructions", "dolly", "c_dolly_3k"),
    Source("instructions", "self_instruct", "b_selfinstruct_seed_tasks"),
    Source("instructions_zh", "alpaca_zh", "b_alpaca_zh", langs=("zh",)),
    Source("instructions_zh", "alpaca_gpt4_zh", "b_alpaca_gpt4_demo", ("gpt4_zh",), ("zh",)),
    Source("rubric", "prometheus", "b_prometheus_rubric_prompts", longest=3_000),
    Source("generation", "alpaca", "b_selfinstruct_generation_prompts_alpaca", longest=4_000),
    Source("generation", "code_alpaca", "b_selfinstruct_generation_prompts_code", longest=4_000),
    Source("toolcall", "glaive", "c_glaive_toolcall", _HUMAN, opening=True),
    Source("toolcall_system", "glaive", "c_glaive_toolcall", _HUMAN, opening=True, column="system"),
    Source("tool_results", "glaive", "c_glaive_toolcall", ("glaive_toolcall_en_demo.json:observation",)),
    Source("templated", "p3", "c_t0_templated_nlp_tasks", by_template=True),
    Source("factual", "truthfulqa", "c_truthfulqa"),
    Source("format", "ifeval", "c_ifeval"),
    Source("candidates", "judged", "b_prometheus_rubric_prompts", cut="judged"),
    Source("candidates", "reference", "b_prometheus_rubric_prompts", cut="reference"),
    Source("snippets", "infilling", "c_code_completion", ("SingleLine", "RandomSpan")),
    Source("snippets", "humaneval", "c_code_completion", ("humaneval",)),
    Source("sentences", "ag_news", "c_ag_news", cut="sentences"),
    Source("sentences", "p3", "c_t0_templated_nlp_tasks", _DOCUMENTS, cut="sentences"),
    Source("sentences", "reference", "b_prometheus_rubric_prompts", cut="reference"),
    Source("code_blocks", "infilling", "c_code_completion", ("MultiLine",)),
)
"""All sources of the corpus folder."""
