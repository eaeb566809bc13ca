from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from features.text.parts import SYSTEM, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Sketch = Callable[..., NDArray[np.void]]

DOCUMENTS = (
    "The harbour was quiet at dawn. Two trawlers left for the banks, and nobody saw them return.",
    "Quarterly revenue rose by 4 percent to 312 million.\nAnalysts had expected less, said Ms Okafor.",
    "Mix flour with water. Rest the dough overnight; bake at 230 degrees until the crust is dark.",
)
CHINESE = (
    "清晨的港口很安静。两艘渔船驶向远海,直到中午都没有人看见它们回来。",
    "该公司本季度收入增长百分之四,高于分析师的预期。",
    "面粉加水揉成面团,放置一夜,然后烤到表皮金黄。",
)
TEMPLATES = (
    "Summarize the following text in two sentences.\n\n{}",
    "{}\n\nWrite a headline for the article above.",
    "Read the passage and list the key facts.\nPassage: {}\nFacts:",
    'Is the tone of this review positive or negative? Answer with one word.\n"""{}"""',
    "You are an expert editor. Rewrite the text below in plain English.\n###\n{}\n###",
    "{} Based on this paragraph, what is the main topic?",
)
CHINESE_TEMPLATES = (
    "请将下面的文本翻译成英文:\n{}",
    "{}\n请根据以上内容写一个标题。",
    "阅读以下段落并回答问题。\n段落:{}\n答案:",
)


def _ids(sketch: Sketch, texts: list[str]) -> list[int]:
    templates: list[int] = sketch([[(USER, text.encode())] for text in texts])["template"].tolist()
    return templates


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_document_slot_may_change(sketch: Sketch, template: str) -> None:
    """Wherever the slot stands, what is put into it does not change the identity."""
    assert len(set(_ids(sketch, [template.format(text) for text in DOCUMENTS]))) == 1


@pytest.mark.parametrize("template", CHINESE_TEMPLATES)
def test_a_chinese_slot_may_change(sketch: Sketch, template: str) -> None:
    """The same holds for an instruction in Chinese around a Chinese item."""
    assert len(set(_ids(sketch, [template.format(text) for text in CHINESE]))) == 1


def test_templates_differ(sketch: Sketch) -> None:
    """Different instructions around one item are different templates."""
    filled = [t.format(DOCUMENTS[0]) for t in TEMPLATES] + [t.format(CHINESE[0]) for t in CHINESE_TEMPLATES]
    assert len(set(_ids(sketch, filled))) == len(filled)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Give me 3 facts about the number 17.", "Give me 5 facts about the number 2,048."),
        ('Translate "good morning" to French.', 'Translate "where is the station" to French.'),
        ("Rate the answer below.\nAnswer: yes", "Rate the  answer below.\n\nAnswer: perhaps not"),
    ],
)
def test_numbers_quotes_and_spaces_may_change(sketch: Sketch, left: str, right: str) -> None:
    """Slots within an instruction do not change the identity."""
    assert len(set(_ids(sketch, [left, right]))) == 1


def test_free_chat_has_identities_of_its_own(sketch: Sketch) -> None:
    """Short prompts without a template do not fall into one bucket."""
    chats = [
        "hey, how's it going?",
        "my cat keeps knocking over plants, any tips",
        "tell me a joke about penguins",
        "what's the tallest mountain in Peru?",
        "thanks!!",
        "请推荐一部电影",
        "今天天气怎么样?",
    ]
    assert len(set(_ids(sketch, chats))) == len(chats)


def test_a_long_middle_may_change(sketch: Sketch) -> None:
    """Documents longer than what is tokenised leave the instructions at both ends in place."""
    wrap = "Read the article below.\n\n{}\n\nNow write a short summary of the article."
    texts = [wrap.format(" ".join([text] * 100)) for text in DOCUMENTS]
    assert len(set(_ids(sketch, texts))) == 1


def test_a_system_prompt_is_identified_alike(sketch: Sketch) -> None:
    """`system` is the template of the system prompt; 0 when there is none or it has no word."""
    text = b"Answer the following question in one sentence."
    rows = sketch([[(SYSTEM, text)], [(USER, text)], [(SYSTEM, b"...")]])
    assert rows["system"][0] == rows["template"][1] != 0
    assert rows["system"][1:].tolist() == [0, 0]
    assert rows["template"][0] == 0
