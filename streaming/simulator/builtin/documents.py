"""Grammars of the built-in texts: what is read, translated, judged or answered."""

from __future__ import annotations

from typing import Final

from streaming.simulator.builtin.words import (
    CODE,
    FIELD,
    JOB,
    LARGE,
    NAME,
    NOUN,
    PERSON_ADJ,
    PLACE,
    QUALITY,
    SMALL,
    THING,
    TOPIC,
    VERB,
    WHEN,
)

_FACT: Final = (
    f"[Experts|Visitors|Teachers|Officials] in {PLACE} [link|compare|owe] {TOPIC} [to|with] {TOPIC}."
)
_OPINION: Final = (
    f"[Most|Few|Some] [people|readers] [think|doubt] that {TOPIC} is [only|] {QUALITY}, {WHEN} or ever."
)
_EVENT: Final = f"{NAME}, a {PERSON_ADJ} {JOB}, [opened|closed|visited|founded] {SMALL} [shops|schools|farms] in {PLACE} {WHEN}."
_COUNT: Final = (
    f"[About|Nearly|More than] {LARGE} {THING}s were [sold|repaired|tested] [there|in {PLACE}] {WHEN}."
)
_ADVICE: Final = f"[Start with|Keep to|Think of] {TOPIC}[ first|], then [compare|check|note] what a {JOB} would [do|say|miss]."
_LINK: Final = f"[Because|Since|While] {TOPIC} [depends on|comes before] {FIELD}, the {QUALITY} [way|choice|answer] is {TOPIC}."
_ANY: Final = (_FACT, _OPINION, _EVENT, _COUNT, _ADVICE, _LINK)

TEXTS: Final = {
    "short_texts/news": (f"{_EVENT} {_COUNT}", f"{PLACE}: {_FACT} {_COUNT}", f"{_COUNT} {_OPINION}"),
    "short_texts/bank": (
        f"[I am still|still] waiting for my [card|transfer|refund] from {PLACE}, it is {SMALL} days now",
        f"[why|how] was I charged {LARGE} [when|after] I [paid|withdrew cash] in {PLACE} {WHEN}?",
        f"[can I|is it possible to] [top up|exchange|pay] {LARGE} [by|with] [card|app|cheque] in {PLACE}",
    ),
    "documents/receipts": (
        f"{NAME} & {NAME} STORE\n{LARGE} MAIN STREET, {PLACE}\nRECEIPT NO {CODE}\nDATE 1{SMALL}/0{SMALL}/2026\n{THING}  {LARGE}.00\n"
        f"{THING}  {LARGE}.50\nTAX {SMALL}.10\nTOTAL {LARGE}.60\n[CASH|CARD] THANK YOU",
        f"INVOICE {CODE}\nTo: {NAME}, {PLACE}\n{SMALL} x {THING} at {LARGE}.00\nDelivery {SMALL}.00\nDue in {SMALL} days",
    ),
    "documents/articles": (
        f"{_FACT} {_EVENT} {_OPINION}\n\n{_COUNT} {_LINK} {_FACT}\n\n{_EVENT} {_ADVICE}",
        f"{_EVENT} {_COUNT} {_FACT} {_LINK} {_OPINION}",
    ),
    "translation_en/captions": (
        f"A {PERSON_ADJ} {JOB} [holds|repairs|carries|looks at] a {QUALITY} {THING} in {PLACE}.",
        f"{SMALL} people [sit|stand|walk] [near|behind|around] a {QUALITY} {THING}.",
    ),
    "translation_en/notices": (
        _COUNT,
        _ADVICE,
        f"Please [return|collect] the {THING} before [noon|Friday] in {PLACE}.",
    ),
    "translation_de/captions": (
        "[Ein|Kein] [junger|alter|müder|fröhlicher] [Mann|Koch|Maler|Lehrer] [hält|repariert|trägt|sucht] [ein|das] "
        f"[neues|altes|rotes|kleines] [Fahrrad|Zelt|Buch|Radio] [in|bei|nahe] {PLACE}.",
        f"[Zwei|Drei|Vier|Fünf] [Kinder|Frauen|Männer|Hunde] [sitzen|spielen|warten|stehen] [am|hinter dem|vor dem] "
        f"[Bahnhof|Haus|See|Markt] [von|in] {PLACE}.",
    ),
    "translation_de/notices": (
        f"[Bitte|Wir bitten Sie,] [melden Sie sich|kommen Sie] [vor|nach] [Montag|Mittag] [im Büro|am Schalter] in {PLACE}.",
        f"[Die|Unsere] [Lieferung|Rechnung|Bestellung] {CODE} [kommt|kam] [heute|morgen|später] aus {PLACE}.",
    ),
    "candidates/short": (f"{_ADVICE} {_LINK}", f"{_FACT} {_COUNT} {_ADVICE}", f"{_OPINION} {_FACT}"),
    "candidates/long": (
        f"[Sure|Of course|Good question]. {_ADVICE} {_FACT} {_OPINION}\n\n{_LINK} {_COUNT}\n\n{_ADVICE}",
        f"1. {_ADVICE}\n2. {_LINK}\n3. {_FACT}\n\n{_OPINION}",
    ),
    "sentences/facts": (_FACT, _COUNT, _EVENT),
    "sentences/views": (_OPINION, _ADVICE, _LINK),
    "snippets/python": (
        f"for item in {VERB}({NOUN}):\n    if len(item) > {SMALL}:\n        total += {LARGE}",
        f"def {VERB}_{SMALL}(values):\n    return {VERB}(values, key=size, limit={LARGE})",
    ),
    "snippets/script": (
        f"const out = items.filter(x => x.size > {SMALL}).map({VERB}); // {NOUN}",
        f"SELECT count(*) FROM {VERB}_{CODE} WHERE size > {LARGE} LIMIT {SMALL};",
    ),
    "code_blocks/python": (
        f"def {VERB}_values(values, limit={LARGE}):\n    seen = set()\n    out = ()\n    for value in values:\n"
        f"        if value in seen or value > {LARGE}:\n            continue\n        seen.add(value)\n        out += "
        f"(value * {SMALL},)\n    return out  # {NOUN}",
    ),
    "code_blocks/script": (
        f"export function {VERB}Items(items) {{\n  const kept = items.filter(x => x.rank < {LARGE});\n  kept.sort((a, b) => "
        f"a.rank - b.rank);\n  return kept.slice(0, {SMALL}); // {NOUN} by {TOPIC}\n}}",
    ),
    "tool_results/json": (
        f'{{"status": "[ok|done|partial]", "count": {SMALL}, "place": "{PLACE}", "total": {LARGE}.{SMALL}}}',
        f'{{"results": "{THING}, {THING}", "id": "{CODE}", "owner": "{NAME}"}}',
    ),
    "tool_results/lines": (
        f"{SMALL} passed, {SMALL} failed in {LARGE}.{SMALL}s\nFAILED test_{VERB}.py: expected {LARGE}, got {SMALL}",
        f"src/{VERB}.py:{LARGE}: [warning|error]: {NOUN} [is unused|may be empty|has no owner]",
    ),
}

WHOLE: Final = {
    "rubric/scores": (
        f"[Rate|Grade|Assess] the answer [from 1 to 5|on a scale of ten] by [accuracy|depth|tone].\n\nQuestion: what should a "
        f"{JOB} know of {TOPIC}?\n\nAnswer: {_ADVICE} {_FACT}\n\nScore 1: {_OPINION}\nScore 5: covers {FIELD}.",
    ),
    "rubric/reference": (
        f"[Criteria|Rubric]: does the reply respect a {PERSON_ADJ} {JOB}?\nReference: {_ADVICE}\nReply: {_LINK} {_COUNT}\n"
        f"[Write feedback, then a score|Score it, then say why|Give only the score].",
    ),
    "generation/tasks": (
        f"[Make up|Invent|Write] {SMALL} [new|varied] tasks in {FIELD}, [unlike|not like] these:\n1. [Explain|Draw|Name] "
        f"{TOPIC}.\n2. [Compare|Rank] {THING}s.\n3. [Plan|Count] {NOUN} in {PLACE}.\n4.",
    ),
    "generation/code": (
        f"[Here are|Below are] coding tasks. Continue the list up to {SMALL}.\n1. {VERB} {NOUN}.\n2. {VERB} {LARGE} {NOUN}.\n3.",
    ),
    "toolcall/plain": (
        f"[Can you|Please] [book|find|check] a {QUALITY} [table|room|train] in {PLACE} for {SMALL} people on the {SMALL}th?",
        f"[Convert|What is] {LARGE} [euros in yen|miles in km|pounds in kilos] [please|]?",
    ),
    "toolcall_system/plain": (
        f'{{"name": "[find|book|check]_[table|room|train]", "description": "{VERB} {NOUN} in a city", "parameters": '
        f'{{"city": "string", "limit": {SMALL}}}}}',
        f'{{"name": "convert_[unit|currency]", "description": "{VERB} amounts", "parameters": {{"amount": "number"}}}}',
    ),
    "templated/mood": (f"{_OPINION} {_EVENT} How does the writer feel about {TOPIC}? [positive, negative]",),
    "templated/question": (f"Passage: {_EVENT} {_COUNT}\n\nQuestion: who is {NAME}?\n\nAnswer:",),
}
