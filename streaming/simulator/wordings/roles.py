"""Sentences that tell the model who it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.wordings.grammar import expand, pick, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

_TRAITS: Final = (
    "",
    "",
    "[with|who has] [many|ten|fifteen|several|over eight] years [of practice|in the field|of hands-on work|on the job]",
    "who works [carefully|methodically|quickly but precisely|without shortcuts|from evidence]",
    "known for [precision|plain language|fairness|patience|sound judgement|tidy work]",
    "[at|inside|working for] [a publisher|a mid-sized company|a research group|a school|a consultancy|a start-up]",
    "whose [colleagues|readers|clients|users] [rely on|trust|act on] [every word|the result|what you write]",
    "[specialised in|focused on|with a background in] [everyday cases|hard cases|edge cases|large volumes|detail]",
)
_FRAMES: Final = (
    "[You are|You're|Act as|Work as|You act as|From now on you are|Today you work as] {a}.",
    "[Take|Assume|Adopt|Step into] the [role|part|position|perspective|shoes] of {a}.",
    "[Imagine|Suppose|Consider|Say|Picture] [that |]you [are|work as|have been hired as|stand in for] {a}.",
    "[As|Being|In your capacity as] {a}, you [help|support|serve|assist] [our team|our users|an editorial desk|"
    "the people who write in|an internal tool|a small back office|whoever asks].",
    "[Your role|Role|Profile|Persona|Who you are|Position]: {noun}.",
    "[This assistant|The assistant|The model|This service] [acts as|works as|is|plays|behaves like] {a}"
    "[ and keeps to the task| and nothing else| throughout|].",
    "[We need|I need|I'm looking for|This job calls for|What follows is work for] {a}.",
    "[Respond|Reply|Answer|Write|Think] [the way|as] {a} would[ on a good day| in their daily work|].",
)
_KINDS: Final = (
    "",
    "",
    "",
    "careful ",
    "senior ",
    "experienced ",
    "patient ",
    "meticulous ",
    "seasoned ",
    "pragmatic ",
)


def role(rng: np.random.Generator, nouns: Sequence[str]) -> str:
    """One sentence about one of `nouns` (which may have alternatives in brackets)."""
    noun = f"{pick(rng, _KINDS)}{expand(rng, pick(rng, nouns))} {expand(rng, pick(rng, _TRAITS))}".strip()
    return say(rng, (pick(rng, _FRAMES),)).replace("{a}", f"{article(noun)} {noun}").replace("{noun}", noun)


def article(noun: str) -> str:
    """`a` or `an`."""
    return "an" if noun[:1].lower() in "aeiou" else "a"
