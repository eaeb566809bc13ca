"""Wordings: deterministic, valid inside JSON, and diverse."""

from __future__ import annotations

import json
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.simulator.corpus import Corpus
from streaming.simulator.texts import Slot, Template
from streaming.simulator.wordings import (
    agency,
    answers,
    coding,
    documents,
    judging,
    labelling,
    probing,
    problems,
    products,
    reasoning,
    synthesis,
)
from streaming.simulator.wordings.grammar import expand
from streaming.simulator.wordings.phrases import BOOK, phrases
from streaming.simulator.wordings.wrapper import Wrapper, compose, paraphrased

if TYPE_CHECKING:
    from collections.abc import Callable

    from streaming.simulator.texts import Wording

CORPUS: Final = Corpus.read(None, seed=3)


def slot(kind: str) -> Slot:
    """A slot that the item fills from a kind of texts."""
    return Slot(CORPUS.pool(kind).texts)


CHAT, TASK, MATH = slot("chat"), slot("instructions"), slot("math")
CODE, PAPER, GOOD = slot("code_tasks"), slot("documents"), slot("candidates")
INTENTS: Final[dict[str, Callable[[np.random.Generator], Wrapper]]] = {
    "classify": partial(labelling.classify, item=slot("short_texts"), labels=("news", "sport")),
    "extract": partial(labelling.extract, item=PAPER, fields=("date", "total")),
    "moderation": partial(labelling.moderation, item=slot("support")),
    "summarise": partial(documents.summarise, item=PAPER),
    "translate": partial(documents.translate, item=slot("translation_en")),
    "rag_answer": partial(documents.rag_answer, context=PAPER, question=slot("factual")),
    "exam_item": partial(problems.exam_item, item=slot("exam")),
    "solve_math": partial(problems.solve_math, item=MATH),
    "solve_math boxed": partial(problems.solve_math, item=MATH, boxed=True),
    "explain_steps": partial(problems.explain_steps, item=MATH),
    "code_task": partial(coding.code_task, item=CODE),
    "complete_code": partial(coding.complete_code, item=slot("code_completion")),
    "code_review": partial(coding.code_review, item=slot("snippets")),
    "write_tests_for_task": partial(coding.write_tests_for_task, item=CODE),
    "judge_single": partial(judging.judge_single, question=TASK, answer=GOOD),
    "judge_pair": partial(judging.judge_pair, question=TASK, first=GOOD, second=GOOD),
    "grade_answer": partial(judging.grade_answer, question=slot("exam"), answer=GOOD),
    "verify_trace": partial(judging.verify_trace, question=MATH, trace=GOOD),
    "elicit tags": partial(reasoning.elicit_reasoning, item=TASK),
    "elicit posthoc": partial(reasoning.elicit_reasoning, item=TASK, answer=GOOD, ask="posthoc"),
    "elicit memory": partial(reasoning.elicit_reasoning, item=TASK, ask="memory"),
    "elicit debug": partial(reasoning.elicit_reasoning, item=TASK, ask="debug"),
    "clean_trace": partial(reasoning.clean_trace, question=MATH, trace=GOOD),
    "multilingual_coercion": partial(reasoning.multilingual_coercion, item=TASK),
    "generate_tasks": partial(synthesis.generate_tasks, seeds=TASK),
    "evolve_instruction": partial(synthesis.evolve_instruction, item=TASK),
    "paraphrase_dataset": partial(synthesis.paraphrase_dataset, item=CHAT),
    "data_record": partial(synthesis.data_record, item=slot("factual"), fields=("name", "city")),
    "refusal_probe": partial(probing.refusal_probe, item=CHAT),
    "refusal_probe bare": probing.refusal_probe,
    "red_team": partial(probing.red_team, item=CHAT),
    "chat_persona": partial(products.chat_persona, item=CHAT),
    "support_agent": partial(products.support_agent, item=slot("support")),
    "persona_story": partial(products.persona_story, item=slot("persona")),
    "agent_task": partial(agency.agent_task, item=CODE),
    "make_trajectory": partial(agency.make_trajectory, item=CODE),
}
ANSWERS: Final[dict[str, Callable[[np.random.Generator], Wording]]] = {
    "prose": lambda rng: answers.prose(CORPUS, rng),
    "code": lambda rng: answers.code(CORPUS, rng),
    "label": lambda rng: answers.label(rng, ("a", 'b "quoted"')),
    "number": answers.number,
    "json_record": lambda rng: answers.json_record(CORPUS, rng, ("name", "total")),
    "reasoning": lambda rng: answers.reasoning(CORPUS, rng),
    "reasoning think": lambda rng: answers.reasoning(CORPUS, rng, "think"),
    "verdict": lambda rng: answers.verdict(CORPUS, rng),
    "verdict pair": lambda rng: answers.verdict(CORPUS, rng, pair=True),
    "task_list": lambda rng: answers.task_list(CORPUS, rng),
    "refusal": lambda rng: answers.refusal(CORPUS, rng),
    "translation": lambda _: answers.translation(CORPUS),
    "trajectory": lambda rng: answers.trajectory(CORPUS, rng),
    "tool_result": lambda rng: agency.tool_result(CORPUS, rng),
}


def draws(name: str, count: int) -> list[Wrapper]:
    """Wrappers of an intent from successive seeds."""
    return [INTENTS[name](np.random.default_rng(seed)) for seed in range(count)]


def said(wrapper: Wrapper) -> str:
    """All fixed words of a wrapper, unescaped."""
    text: str = json.loads(f'"{" ".join(wrapper.whole().literals)}"')
    return text


def fivegrams(text: str) -> set[tuple[str, ...]]:
    """Word 5-grams."""
    words = text.lower().split()
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


@pytest.mark.parametrize("name", INTENTS)
def test_intents_give_json_texts_and_depend_on_the_seed_alone(name: str) -> None:
    """Every wrapper fills to the inside of a JSON string, and the same seed draws the same one."""
    for seed, wrapper in enumerate(draws(name, 10)):
        assert wrapper == INTENTS[name](np.random.default_rng(seed))
        for text in (wrapper.opening.fill(seed, 7), wrapper.system or "", wrapper.whole().fill(seed, 7)):
            json.loads(f'"{text}"')
            assert "{item}" not in text


@pytest.mark.parametrize("name", INTENTS)
def test_two_draws_rarely_share_words(name: str) -> None:
    """Of 100 draws at least 80 differ, and two share less than 5 % of their word 5-grams on the mean."""
    texts = [said(wrapper) for wrapper in draws(name, 100)]
    assert len(set(texts)) >= 80
    grams = [fivegrams(text) for text in texts[:40]]
    shared = [len(a & b) / max(1, min(len(a), len(b))) for a, b in combinations(grams, 2)]
    assert np.mean(shared) < 0.05


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_fill_to_json_texts(name: str) -> None:
    """Every answer is the inside of a JSON string, whatever the item and seed."""
    for seed in range(20):
        wording = ANSWERS[name](np.random.default_rng(seed))
        assert wording == ANSWERS[name](np.random.default_rng(seed))
        for item in range(10):
            text = json.loads(f'"{wording.fill(item, item * 7919 + seed)}"')
            assert text
            assert not {"{one}", "{number}", "{sure}", "{close_tag}"} & set(text.split())


def test_answers_of_one_wording_differ() -> None:
    """Prose answers to 200 seeds are nearly all distinct."""
    wording = answers.prose(CORPUS, np.random.default_rng(1))
    assert len({wording.fill(0, seed * 104_729) for seed in range(200)}) > 190


@pytest.mark.parametrize("language", ["de", "es", "fr", "ja", "zh"])
def test_other_languages_are_drawn_alike(language: str) -> None:
    """A mathematics prompt in another language is not in English and has as many wordings."""
    texts = {
        said(problems.solve_math(np.random.default_rng(seed), MATH, language=language)) for seed in range(100)
    }
    assert len(texts) >= 80
    assert not any("the answer" in text for text in texts)


def test_missing_languages_name_those_there_are() -> None:
    """An intent without phrases in a language says which it has."""
    with pytest.raises(KeyError, match="use one of en"):
        phrases("rag_answer", "fr")
    assert all(BOOK[language] for language in BOOK)


def test_posthoc_needs_an_answer() -> None:
    """A demand for the way to a completed answer is refused without one."""
    with pytest.raises(ValueError, match="completed answers"):
        reasoning.elicit_reasoning(np.random.default_rng(1), TASK, ask="posthoc")


def test_paraphrases_demand_the_same() -> None:
    """All paraphrases of a classification name the same labels, in different words."""
    wording = paraphrased(INTENTS["classify"], np.random.default_rng(5), 30)
    texts = ["".join(template.literals) for template in wording.templates]
    assert len(set(texts)) == 30
    assert all("news" in text and "sport" in text for text in texts)


def test_fields_without_a_value_are_refused() -> None:
    """A field that is neither slot nor value is an error, and values keep their own braces."""
    with pytest.raises(KeyError, match="neither slot nor value"):
        compose("say {what}", {}, {})
    assert compose("as {form}", {}, {"form": '{"a": {}}'}) == Template(('as {\\"a\\": {}}',))


@given(
    st.integers(0, 2**32), st.lists(st.sampled_from(["a", "b", "[c|d]", "", "e f"]), min_size=1, max_size=5)
)
@settings(max_examples=50, deadline=None)
def test_expansion_takes_one_alternative(seed: int, options: list[str]) -> None:
    """An expanded text is one of its alternatives, nested ones resolved."""
    text = expand(np.random.default_rng(seed), f"[{'|'.join(options)}]")
    assert text in {"a", "b", "c", "d", "", "e f"}


def test_open_brackets_are_refused() -> None:
    """A bracket without its end is an error that quotes the phrase."""
    with pytest.raises(ValueError, match="not closed"):
        expand(np.random.default_rng(1), "[a|b")
