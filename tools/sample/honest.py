"""Honest accounts of the bundled sample log, with the habits that make them look suspicious."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.sample import words
from tools.sample.log import DAYS, Account, Event, moments, network, system, user

if TYPE_CHECKING:
    from random import Random

BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/141.0"
SDK: Final = "OpenAI/Python 2.8.0"
FEWEST_CACHED: Final = 60
"""Tokens below which the provider caches nothing."""


def chat(rng: Random) -> Account:
    """A person who chats: a few conversations a day, each of some turns."""
    nets = [network(rng) for _ in range(2)]
    person = Account(rng, "chat", BROWSER, 64501, nets, rng.uniform(20, 500), "free", "valid")
    person.params = {"stream": True, "max_tokens": 16384}
    for at in moments(rng, rng.randint(5, 9), 0, DAYS, office=True):
        converse(person, at, rng.randint(1, 4), words.QUESTIONS)
    return person


def converse(
    account: Account, at: float, turns: int, asks: tuple[str, ...], head: Event | None = None
) -> None:
    """A conversation that carries its own history."""
    rng, session = account.rng, account.rng.randbytes(5).hex()
    messages = [head] if head else []
    for turn in range(turns):
        messages.append(user(words.fill(rng, asks)))
        sent = sum(len(m["content"]) for m in messages) // 4
        got = max(20, int(rng.lognormvariate(5.2, 0.7)))
        cached = {"cached_input_tokens": sent // 2 if turn and sent > FEWEST_CACHED else 0}
        answer = account.ask(at, list(messages[-7:]), (sent, got), session, **cached)
        messages.append({"role": "assistant", "content": answer})
        at += rng.uniform(25, 240)


def coder(rng: Random) -> Account:
    """A programmer's agent: a system prompt, tools, tool results, long inputs and short steps."""
    nets = [network(rng)]
    one = Account(rng, "coding agent", "termcoder/0.41", 64502, nets, rng.uniform(20, 400), "pro", "none")
    one.params = {"stream": True, "tool_count": 7, "tools_hash": "tools-termcoder-0.41", "max_tokens": 32000}
    head = system("You are a coding agent in the user's terminal. Read before you edit, and run the tests.")
    for at in moments(rng, rng.randint(4, 7), 0, DAYS, office=True):
        messages, session, now, sent = [user(words.fill(rng, words.CHORES))], rng.randbytes(5).hex(), at, 2600
        for step in range(rng.randint(4, 12)):
            sent += rng.randint(60, 700)
            got = int(rng.lognormvariate(4.0, 0.9)) + 5
            cached = sent * 9 // 10 if step else 0
            answer = one.ask(
                now, [head, *messages[-6:]], (sent, got), session,
                finish_reason="tool_calls", cached_input_tokens=cached,
            )  # fmt: skip
            messages += [
                {"role": "assistant", "content": answer},
                {"role": "tool", "content": words.several(rng, words.FINDINGS, rng.randint(2, 6), "\n")},
            ]
            now += rng.uniform(4, 50)
    return one


def translator(rng: Random) -> Account:
    """A translation product: one instruction, ever new sentences, answers as long as the input."""
    target = rng.choice(("German", "Portuguese", "Polish"))
    one = Account(rng, "translation", "okhttp/5.1.0", 64503, [network(rng)], rng.uniform(90, 700), "api")
    one.params = {"temperature": 0.0, "max_tokens": 1024}
    one.ends = [rng.randbytes(4).hex() for _ in range(25)]
    for at in moments(rng, rng.randint(35, 55), 0, DAYS, office=True):
        body = words.several(rng, words.STATEMENTS, rng.randint(1, 5))
        size = len(body) // 4
        message = user(f"Translate into {target}, keep names as they are:\n{body}")
        one.ask(at, [message], (size + 12, int(size * 1.2) + 3), rng.randbytes(5).hex())
    return one


def desk(rng: Random) -> Account:
    """A support product: one system prompt, many end users, short conversations."""
    firm = words.fill(rng, words.PLACE)
    one = Account(rng, "support product", "helpdesk-bot/3.2", 64504, [network(rng)], 410, "api", "none")
    one.params = {"temperature": 0.3, "max_tokens": 800}
    head = system(
        f"You are the help desk of {firm} Goods. Be brief and kind. Hand over to a person if unsure."
    )
    for at in moments(rng, rng.randint(32, 44), 0, DAYS, office=True):
        one.ends = [rng.randbytes(4).hex()]
        converse(one, at, rng.randint(1, 4), words.COMPLAINTS, head)
    return one


def sorter(rng: Random) -> Account:
    """Bulk classification at temperature 0: one template, new documents, one-word answers."""
    one = Account(rng, "classification", SDK, 64505, [network(rng)], rng.uniform(60, 400), "api")
    one.params = {"temperature": 0.0, "max_tokens": 8, "response_format": {"type": "json_object"}}
    for day in range(DAYS):
        at = day * 86_400 + 7200.0
        for _ in range(rng.randint(22, 32)):
            body = words.fill(rng, words.COMPLAINTS)
            labels = "billing, shipping, fault, other"
            message = user(f"Pick one label ({labels}) for this ticket. Ticket: {body}")
            answer = {"response": rng.choice(labels.split(", "))}
            one.ask(at, [message], (len(body) // 4 + 22, 3), rng.randbytes(5).hex(), **answer)
            at += rng.uniform(0.4, 2.5)
    return one


def harness(rng: Random) -> Account:
    """An evaluation harness: seeded and cold, one shot through a test set, several models."""
    one = Account(rng, "evaluation harness", "lm-harness/0.9", 64506, [network(rng)], 350, "api")
    at = rng.uniform(0, DAYS - 1) * 86_400
    tests = [words.fill(rng, words.PROBLEMS) for _ in range(rng.randint(30, 40))]
    for model in ("lyra-mini-4", "lyra-large-4"):
        for test in tests:
            message = user(f"Question: {test}\nAnswer:")
            params = {"model": model, "temperature": 0.0, "seed": 1234, "max_tokens": 64}
            got = rng.randint(4, 40)
            one.ask(at, [message], (len(test) // 4 + 6, got), f"run-{model}", **params)
            at += rng.uniform(0.3, 3)
    return one


def students(rng: Random, count: int) -> list[Account]:
    """A class behind one address: new accounts, the same exercises, and steps that must be shown."""
    shared = [network(rng)]
    asked = ("show each step please", "explain it simply", "is this right?", "why?")
    exercises = [words.fill(rng, words.PROBLEMS) for _ in range(6)]
    homework = tuple(f"{exercise} {how}" for exercise in exercises for how in asked)
    members = []
    for _ in range(count):
        one = Account(rng, "class of students", BROWSER, 64507, shared, rng.uniform(3, 60), "free", "valid")
        one.params = {"stream": True, "max_tokens": 16384}
        for at in moments(rng, rng.randint(2, 4), 1, 3, office=True):
            converse(one, at, rng.randint(1, 3), homework)
        members.append(one)
    return members


def digest(rng: Random) -> Account:
    """A cron job: every hour, around the clock, to the second."""
    one = Account(rng, "hourly digest", "curl/8.14", 64508, [network(rng)], 200, "api")
    one.params = {"temperature": 0.2, "max_tokens": 256}
    for hour in range(24 * DAYS):
        body = words.several(rng, words.FINDINGS, rng.randint(2, 6), "\n")
        message = user(f"Summarise the log lines of the last hour in two sentences:\n{body}")
        one.ask(hour * 3600.0, [message], (len(body) // 4, rng.randint(40, 70)), f"digest-{hour}")
    return one


def namer(rng: Random) -> Account:
    """A naming product: many hot samples at a time, and a bias against taken names. Odd, and honest."""
    one = Account(rng, "naming product", "namewell/1.0", 64509, [network(rng)], 150, "api", "valid")
    one.params = {"temperature": 1.8, "n": 24, "seed": 5, "max_tokens": 12, "logit_bias_size": 6}
    for at in moments(rng, 60, 0, DAYS, office=True):
        message = user(f"Invent a name for a shop that sells a {words.fill(rng, words.THING)}.")
        answer = {
            "response": f"{words.fill(rng, words.PLACE)}{words.fill(rng, words.THING)}",
            "finish_reason": "length",
        }
        one.ask(at, [message], (14, 24 * 11), rng.randbytes(5).hex(), **answer)
    return one
