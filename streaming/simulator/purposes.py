"""Purposes: what a campaign asks for, whichever way it goes about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from streaming.simulator.public import benchmarks
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.script import dataset, drawn, script
from streaming.simulator.texts import Template, Wording
from streaming.simulator.wordings import answers
from streaming.simulator.wordings.agency import make_trajectory
from streaming.simulator.wordings.coding import code_task, write_tests_for_task
from streaming.simulator.wordings.grammar import pick
from streaming.simulator.wordings.judging import judge_pair, judge_single
from streaming.simulator.wordings.problems import solve_math
from streaming.simulator.wordings.reasoning import Ask, elicit_reasoning
from streaming.simulator.wordings.synthesis import evolve_instruction, generate_tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from streaming.simulator.stage import Stage

Purpose: TypeAlias = "Callable[[Stage, np.random.Generator, int], Scene]"

_ASKS: Final[tuple[Ask, ...]] = ("tags", "tags", "posthoc", "memory", "debug")
_GENERATIVE: Final = frozenset({"math", "code_completion", "factual", "format"})
_PROGRAMMING: Final = ("Python", "Go", "TypeScript", "Rust", "Java", "C++", "SQL")
_TASKS: Final = (("math",), ("instructions",), ("code_tasks",), ("math", "exam"), ("instructions", "chat"))
_JUDGED: Final = (("instructions",), ("instructions",), ("instructions", "chat"), ("chat",))
_QUESTIONS: Final = (("instructions",), ("chat",), ("factual", "exam"), ("instructions", "chat", "math"))


def reasoning(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """Chains of thought: between tags, after the fact, out of memory or under a pretence."""
    item, answer = dataset(stage, rng, *pick(rng, _TASKS)), drawn(stage, rng, "candidates")
    ask = pick(rng, _ASKS)
    return script(
        rng, lambda draw: elicit_reasoning(draw, item, answer, ask), wordings,
        answers.reasoning(stage.corpus, rng), output=(rng.uniform(400, 1600), 0.5), hidden=rng.uniform(0, 1),
    )  # fmt: skip


def judging(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """Candidate answers rated by a rubric, several for each instruction."""
    question = dataset(stage, rng, *pick(rng, _JUDGED), repeats=int(rng.integers(1, 9)))
    answer = drawn(stage, rng, "candidates")
    return script(
        rng, lambda draw: judge_single(draw, question, answer), wordings,
        answers.verdict(stage.corpus, rng), output=(rng.uniform(40, 300), 0.5),
    )  # fmt: skip


def comparing(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """The better of two candidate answers."""
    question = dataset(stage, rng, *pick(rng, _JUDGED), repeats=int(rng.integers(1, 5)))
    pair = drawn(stage, rng, "candidates"), drawn(stage, rng, "candidates")
    return script(
        rng, lambda draw: judge_pair(draw, question, *pair), wordings,
        answers.verdict(stage.corpus, rng, pair=True), output=(rng.uniform(30, 250), 0.5),
    )  # fmt: skip


def tasks(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """New tasks after a few that are given."""
    seeds = dataset(stage, rng, *pick(rng, _TASKS))
    return script(
        rng, lambda draw: generate_tasks(draw, seeds), wordings,
        answers.task_list(stage.corpus, rng), output=(rng.uniform(400, 1500), 0.35),
    )  # fmt: skip


def evolved(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """Harder variants of instructions."""
    item = dataset(stage, rng, *pick(rng, (("instructions",), ("code_tasks",), ("math",))))
    return script(
        rng, lambda draw: evolve_instruction(draw, item), wordings,
        answers.task_list(stage.corpus, rng), output=(rng.uniform(80, 350), 0.5),
    )  # fmt: skip


def coding(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """Solutions of programming tasks."""
    item, language = dataset(stage, rng, "code_tasks"), pick(rng, _PROGRAMMING)
    return script(
        rng, lambda draw: code_task(draw, item, language), wordings,
        answers.code(stage.corpus, rng), output=(rng.uniform(300, 1200), 0.6), hidden=rng.uniform(0, 1.5),
    )  # fmt: skip


def testing(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """Tests for programming tasks."""
    item, language = dataset(stage, rng, "code_tasks"), pick(rng, _PROGRAMMING)
    return script(
        rng, lambda draw: write_tests_for_task(draw, item, language), wordings,
        answers.code(stage.corpus, rng), output=(rng.uniform(300, 900), 0.5),
    )  # fmt: skip


def trajectories(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """Agents' tasks with environment, tools and whole sessions."""
    item = dataset(stage, rng, *pick(rng, (("code_tasks",), ("toolcall",), ("code_tasks", "toolcall"))))
    return script(
        rng, lambda draw: make_trajectory(draw, item), wordings,
        answers.trajectory(stage.corpus, rng), output=(rng.uniform(700, 2500), 0.5),
    )  # fmt: skip


def mathematics(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """Worked solutions of public problems."""
    item, boxed = dataset(stage, rng, "math"), bool(rng.random() < 0.7)  # noqa: PLR2004 - the usual form
    return script(
        rng, lambda draw: solve_math(draw, item, boxed=boxed), wordings,
        answers.reasoning(stage.corpus, rng), output=(rng.uniform(400, 3000), 0.6), hidden=rng.uniform(0, 2),
    )  # fmt: skip


def questions(stage: Stage, rng: np.random.Generator, _: int = 1) -> Scene:
    """Public questions as they stand, without a word around them."""
    item = dataset(stage, rng, *pick(rng, _QUESTIONS))
    return Scene(
        Wording.of(Template(("", ""), (item,))), answers.prose(stage.corpus, rng),
        items=Items.QUEUE, attack=True, output=(rng.uniform(200, 600), 0.7),
    )  # fmt: skip


def benchmark(stage: Stage, rng: np.random.Generator, _: int = 1) -> Scene:
    """Public benchmark items in a popular harness's words: prompts that honest evaluations send as well."""
    offered = [scene for each in benchmarks(stage) if each.kind in _GENERATIVE for scene in each.scenes]
    return replace(pick(rng, offered), items=Items.QUEUE, attack=True)


PURPOSES: Final[tuple[Purpose, ...]] = (
    reasoning, reasoning, judging, comparing, tasks, evolved, coding, trajectories, mathematics,
    questions, benchmark,
)  # fmt: skip


def any_purpose(stage: Stage, rng: np.random.Generator, wordings: int) -> Scene:
    """One of all purposes: families that are a way to go about it do so for any of them."""
    return pick(rng, PURPOSES)(stage, rng, wordings)
