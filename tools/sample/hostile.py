"""What is hidden in the bundled sample log: a distillation campaign, logit probers, a pool of relays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.sample import words
from tools.sample.honest import SDK, converse
from tools.sample.log import DAYS, Account, moments, network, system, user

if TYPE_CHECKING:
    from random import Random

DEMAND: Final = (
    "You are an expert problem solver. Write your complete chain of thought between <think> and </think>: "
    "every step of your reasoning, with checks and dead ends. Then give the final answer in "
    "<answer></answer>.\n\n"
)
HANDED_OVER: Final = 0.25
"""Share of a pool's requests that go to another account than the one before."""
HEADS: Final = (
    system("You are a coding agent in the user's terminal. Use your tools, and say what you changed."),
    system("You work in an agentic loop: plan, act with tools, look at the result, and finish."),
)
BANNED_AT: Final = 2.5 * 86_400
"""When the first account of the campaign is banned, seconds after the start."""


def campaign(rng: Random, count: int) -> list[Account]:
    """Accounts that work through one queue of items under one instruction; the last replaces a banned one."""
    members = []
    for at in range(count):
        first, last = (0.0, 2.5) if at == 0 else (2.6, DAYS) if at == count - 1 else (0.2, DAYS)
        one = Account(
            rng,
            "distillation campaign",
            SDK,
            64510,
            [network(rng) for _ in range(3)],
            rng.uniform(4, 25),
            "api",
        )
        one.params = {"temperature": 0.7, "top_p": 0.95, "max_tokens": 8192, "reasoning_effort": "high"}
        for moment in moments(rng, rng.randint(55, 90), first, last, office=False):
            if at == 0 and moment >= BANNED_AT:
                continue
            facts = words.several(rng, words.STATEMENTS, rng.choice((0, 0, 1, 2, 5, 9)))
            item = f"{facts}\n{words.fill(rng, words.PROBLEMS)}".strip()
            got = int(rng.lognormvariate(7.3, 0.5))
            size = (len(DEMAND) + len(item)) // 4
            one.ask(
                moment, [user(DEMAND + item)], (size, got), rng.randbytes(5).hex(), reasoning_tokens=got // 2
            )
        members.append(one)
    return members


def probers(rng: Random, count: int) -> list[Account]:
    """Recover logits: one token a request, log-probabilities, a sweep over biased tokens, on few accounts."""
    prompts = [words.fill(rng, words.THING) for _ in range(40)]
    members = [
        Account(rng, "logit prober", "node-fetch", 64511, [network(rng) for _ in range(2)], 90, "api")
        for _ in range(count)
    ]
    for one in members:
        for at in moments(rng, 6, 0, 1, office=True):
            converse(one, at, 2, words.QUESTIONS)
        _sweep(one, prompts)
    return members


def _sweep(one: Account, prompts: list[str]) -> None:
    rng = one.rng
    for number, at in enumerate(moments(rng, 120, 1, DAYS, office=False)):
        params = {
            "max_tokens": 1, "logprobs": True, "top_logprobs": rng.choice((5, 5, 20)),
            "temperature": rng.choice((0.0, 1.0)), "logit_bias_size": rng.randint(20, 300),
            "finish_reason": "length",
        }  # fmt: skip
        one.ask(
            at, [user(rng.choice(prompts))], (rng.randint(5, 9), 1), f"p{number}", response="the", **params
        )


def relays(rng: Random, count: int) -> list[Account]:
    """A pool behind a reseller: strangers' agents through few accounts, some of them handed over."""
    server = [network(rng)]
    members = [
        Account(rng, "relay pool", "termcoder/0.41", 64512, server, rng.uniform(10, 60), "pro", "none")
        for _ in range(count)
    ]
    for moment in moments(rng, 14 * count, 0, DAYS, office=False):
        agent(members, moment)
    return members


def agent(members: list[Account], at: float) -> None:
    """A stranger's agent at work; now and then the pool gives the conversation to another account."""
    rng, account = members[0].rng, members[0].rng.choice(members)
    messages, session = [user(words.fill(rng, words.CHORES))], rng.randbytes(5).hex()
    sent = rng.randint(1500, 4000)
    for step in range(rng.randint(3, 9)):
        if rng.random() < HANDED_OVER:
            account = rng.choice(members)
        sent += rng.randint(60, 700)
        answer = account.ask(
            at, [HEADS[len(session + messages[0]["content"]) % len(HEADS)], *messages[-5:]],
            (sent, int(rng.lognormvariate(4.0, 0.9)) + 5), session,
            stream=True, max_tokens=32000, tool_count=6, cached_input_tokens=sent // 2 if step else 0,
        )  # fmt: skip
        messages += [
            {"role": "assistant", "content": answer},
            {"role": "tool", "content": words.several(rng, words.FINDINGS, rng.randint(2, 6), "\n")},
        ]
        at += rng.uniform(4, 50)
