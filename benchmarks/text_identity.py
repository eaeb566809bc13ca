"""Template identity against known templates: B-cubed precision, recall and F1, and how free chat spreads.

    python benchmarks/text_identity.py --data DIR [--side tune|held]

DIR holds corpora/. Templates (`kind`) of the T0 corpus are split in half by a hash of their name; rules were
chosen on the `tune` half alone. Two figures are given: with kinds as the corpus names them, and with kinds
merged whose fixed wording is the same in both (data sets that share a template).
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.parquet as pq

from features.hashing import HashKey
from features.text.kernel import TextKernel
from features.text.parts import USER, TextParts
from features.text.purposes import PurposeWeights

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

TEMPLATES: Final = "c_t0_templated_nlp_tasks"
FREE: Final = (
    "c_sharegpt_sample",
    "c_oasst_prompt_lottery",
    "c_dolly_3k",
    "b_alpaca_zh",
    "c_banking77",
    "c_gsm8k",
)
FIXED_SHARE: Final = 0.97
"""A word pair belongs to a template's wording when at least this share of its prompts has it."""
SAME_WORDING: Final = 0.9
"""Two kinds are one when their fixed word pairs overlap at least this much."""
MIN_PROMPTS: Final = 20
CHINESE_WRAPPERS: Final = (
    "请将下面的文本翻译成英文:\n{}",
    "{}\n请根据以上内容写一个标题。",
    "阅读以下段落并回答问题。\n段落:{}\n答案:",
    "你是一名专业编辑。请润色下面这段话,不要改变原意。\n\n{}",
    "判断下面这条评论的情感是正面还是负面:{}",
    "请根据下面的内容,提取所有的人名和地名,以列表输出。\n内容:{}",
    "{}\n\n请用一句话总结上面的内容。",
    "请逐步推理并回答以下问题,最后给出答案。\n问题:{}",
)


def bcubed(found: Sequence[Hashable], true: Sequence[Hashable]) -> tuple[float, float, float]:
    """Precision, recall and F1 (Bagga and Baldwin 1998), each item weighing alike."""
    clusters, classes, both = Counter(found), Counter(true), Counter(zip(found, true, strict=True))
    precision = sum(n * n / clusters[f] for (f, _), n in both.items()) / len(found)
    recall = sum(n * n / classes[t] for (_, t), n in both.items()) / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def side_of(kind: str) -> str:
    """Which half a template is in."""
    return "tune" if hashlib.sha256(kind.encode()).digest()[0] % 2 == 0 else "held"


def same_wording(texts: dict[str, list[str]]) -> dict[str, str]:
    """The kind that stands for each kind once those with the same fixed wording are merged."""
    wording = {kind: _fixed_pairs(of_kind) for kind, of_kind in texts.items() if len(of_kind) >= MIN_PROMPTS}
    stands = {kind: kind for kind in texts}
    kinds = sorted(wording)
    for i, kind in enumerate(kinds):
        for other in kinds[:i]:
            shared = len(wording[kind] & wording[other])
            if shared and shared >= SAME_WORDING * max(len(wording[kind]), len(wording[other])):
                stands[kind] = stands[other]
                break
    return stands


def _fixed_pairs(texts: Sequence[str]) -> frozenset[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for text in texts:
        words = re.findall(r"\w+|[^\w\s]", text.lower())
        counts.update(set(pairwise(words)))
    return frozenset(pair for pair, n in counts.items() if n >= FIXED_SHARE * len(texts))


def identities(texts: Sequence[str]) -> list[int]:
    """The kernel's template identity of each text as a user message."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    parts = TextParts(
        np.frombuffer(b"".join(encoded), dtype=np.uint8),
        np.cumsum([0, *map(len, encoded)], dtype=np.int64),
        np.full(len(encoded), USER, dtype=np.uint8),
        np.arange(len(encoded) + 1),
    )
    kernel = TextKernel(HashKey.from_secret("benchmark"), PurposeWeights.empty())
    found: list[int] = kernel.sketch(parts)["template"].tolist()
    return found


def _report_templates(data: Path, side: str) -> None:
    table = pq.read_table(data / f"{TEMPLATES}.parquet", columns=["text", "kind"]).to_pylist()
    rows = [row for row in table if side_of(row["kind"]) == side]
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        texts[row["kind"]].append(row["text"])
    stands = same_wording(texts)
    found, kinds = identities([row["text"] for row in rows]), [row["kind"] for row in rows]
    for name, true in (("as named", kinds), ("same wordings merged", [stands[kind] for kind in kinds])):
        precision, recall, f1 = bcubed(found, true)
        size = f"{len(rows)} prompts, {len(set(true))} kinds"
        print(f"T0 {side}, {name}: B-cubed P {precision:.3f} R {recall:.3f} F1 {f1:.3f} ({size})")


def _report_chinese(data: Path) -> None:
    items = pq.read_table(data / "b_alpaca_zh.parquet", columns=["text"])["text"].to_pylist()[:200]
    pairs = [(wrapper, wrapper.format(item)) for wrapper in CHINESE_WRAPPERS for item in items]
    precision, recall, f1 = bcubed(identities([text for _, text in pairs]), [wrapper for wrapper, _ in pairs])
    print(
        f"Chinese wrappers around instructions: P {precision:.3f} R {recall:.3f} F1 {f1:.3f} ({len(pairs)})"
    )


def _report_free(data: Path) -> None:
    for name in FREE:
        texts = list(
            dict.fromkeys(pq.read_table(data / f"{name}.parquet", columns=["text"])["text"].to_pylist())
        )
        counts = Counter(identities(texts))
        largest = counts.most_common(1)[0][1] / len(texts)
        print(f"{name}: {len(texts)} prompts, distinct {len(counts) / len(texts):.3f}, largest {largest:.4f}")


def main() -> None:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds corpora/")
    parser.add_argument("--side", choices=("tune", "held"), default="tune")
    options = parser.parse_args()
    corpora = options.data / "corpora"
    _report_templates(corpora, options.side)
    _report_chinese(corpora)
    _report_free(corpora)


if __name__ == "__main__":
    main()
