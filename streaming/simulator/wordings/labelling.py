"""Short answers about texts: classes, fields, moderation, the next token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.wordings.foreign import in_language
from streaming.simulator.wordings.grammar import pick
from streaming.simulator.wordings.phrases import Phrases, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.texts import Slot
    from streaming.simulator.wordings.wrapper import Wrapper

_TEXT: Final = "[Text|Message|Input|Snippet|Entry|Item|Document|Record|Content|Passage]"
_NO_TALK: Final = (
    "[Do not|Don't|Never] [explain|justify|comment on] [your choice|the result|anything].",
    "[No|Leave out any|Skip the] [preamble|greeting|introduction|extra words|closing remark].",
    "[If|Whenever|In case] [you are unsure|it is unclear|two fit], [take|choose|go with] the "
    "[closer|likelier|better|first] one.",
    "[Ignore|Disregard|Pay no attention to] [typos|spelling|case|line breaks|formatting|signatures].",
    "[Judge|Decide|Go] [only |]by what [is written|the text says|stands there].",
)

CLASSIFY: Final = Phrases(
    nouns=(
        "[text|message|content] [classifier|annotator|tagger]",
        "data annotator",
        "triage [clerk|assistant]",
    ),
    tasks=(
        "[Assign|Give] the [text|message|entry] [below|that follows] [to |]exactly one of these "
        "[labels|classes|categories]: {labels}.",
        "[Which|Tell me which] of [the following|these] [categories|topics|labels] [fits|describes|suits] [it|the "
        "text|the message] best? {labels}",
        "[Classify|Categorise|Categorize|Sort|Label|File] [this|the given|the] [text|message|item|input] "
        "[as|under] one of: {labels}.",
        "[Here is|Below is|You will see|You get] [a|one] [text|message|snippet]; [pick|choose|select|name] its "
        "[label|class|topic|category] [from|out of] {labels}.",
        "[Allowed|Valid|Possible] [labels|values|classes] [are|:] {labels}. [Find|Determine|Decide on] the one "
        "[that applies|for this text|that matches].",
    ),
    outputs=(
        "[Answer|Reply|Respond] with the [label|class|category] [only|and nothing else|alone].",
        "[Return|Print|Output|Write|Give] [just|only|nothing but] the [name of the |][label|class|category].",
        "[One|A single] [word|label] [is enough|will do|suffices][, please|].",
        'The [answer|output|reply] [is|must be|has to be] JSON [of the form|like|shaped as]: {"label": "..."}',
        "[Finish|End|Close] with [a line|one line] [starting with|beginning] 'Label:'.",
    ),
    rules=_NO_TALK,
    aims=(
        "[We|Our team|The desk|The pipeline] [sort|sorts|route|routes] [incoming|thousands of|new] "
        "[texts|messages|tickets|items] [by topic|every day|before anyone reads them].",
        "[The labels|Your labels|Results] [feed|go into|fill] [a dashboard|a report|a search filter|a queue].",
    ),
    items={"item": _TEXT},
)

EXTRACT: Final = Phrases(
    nouns=(
        "[data entry|document|back-office] [clerk|assistant]",
        "information extraction [engine|service]",
        "parser",
    ),
    tasks=(
        "[Extract|Pull|Read|Collect|Take] [the fields|these fields|the values of] {fields} [from|out of] the "
        "[document|text|page|scan] [below|that follows].",
        "[From|In] the [text|document|record] [find|locate|look up|identify] {fields}.",
        "[Turn|Convert|Transform|Map] the [document|text|receipt|page] [into|to] [structured data|a record|one "
        "JSON object] with [keys|fields] {fields}.",
        "[I need|We need|Give me|Please list] {fields} [as they appear|as printed|as stated] in the [text|document].",
    ),
    outputs=(
        "[Return|Answer with|Output|Produce|Emit] [valid|strict|one|a single] JSON [object|] [with the keys|using "
        "the keys|having the keys] {fields}[ and no others|].",
        "[The answer|Output|Your reply] [is|must be] JSON [only|without code fences|on one line].",
        "[Use|Follow|Stick to] [this|the] [schema|shape|form]: {schema}",
        "[Write|Give|List] [one field a line|each field on its own line] as [key: value|name = value].",
    ),
    rules=(
        "[Missing|Absent|Unknown] [fields|values] [are|become|should be] [null|empty strings|'n/a'].",
        "[Keep|Copy|Leave] [numbers|amounts|dates] [as written|unchanged|exactly as printed].",
        "[Dates|All dates] [go|are given|should be written] as [YYYY-MM-DD|ISO 8601|day/month/year].",
        "[Do not|Never|Don't] [guess|invent|infer] [values|anything that is not there|what is missing].",
        "[Fix|Correct] [obvious|clear] [scanning|OCR|typing] errors[ in names|].",
        "[Amounts|Prices|Totals] [without|come without|carry no] currency [signs|symbols].",
    ),
    aims=(
        "[The result|This] [goes|is loaded|is written] into [our ledger|a database|a spreadsheet|an ERP system].",
        "[We|Our office] [digitise|archive|process] [piles of|old|incoming] [papers|receipts|forms|letters].",
    ),
    items={"item": "[Document|Text|Scan|Receipt|Page|OCR output|Source|Record]"},
)

MODERATE: Final = Phrases(
    nouns=(
        "[content|community|forum] moderator",
        "trust and safety [reviewer|analyst]",
        "[policy|comment] checker",
    ),
    tasks=(
        "[Decide|Check|Judge|Say] whether [this|the] [post|comment|message] [breaks|violates|goes against] [our|the] "
        "[rules|policy|guidelines] on [harassment|spam|hate|violence|fraud|adult content|self-harm].",
        "[Review|Screen|Assess|Look over] the [user's |][comment|message|post|text] for [abuse|spam|threats|insults|"
        "personal data|scams] before it [is published|goes live|reaches others].",
        "[Is|Would you say] the [following|text below] [safe|acceptable|fine] [for|on] [a family site|a public "
        "forum|a game chat|a marketplace|a school platform]?",
    ),
    outputs=(
        "[Reply|Answer] [with|by] [allow or block|ok or remove|safe or unsafe|pass or fail|yes or no][ only|].",
        'JSON[ only|]: {"flagged": true or false, "category": "[...|name]", "severity": [0-3|1-5]}',
        "[Name|Give|State] the [category|rule] and a [severity|score] [from 0 to 3|between 1 and 5|of low, medium "
        "or high].",
    ),
    rules=(
        *_NO_TALK,
        "[Satire|Quotes|News reports] [are|count as] [fine|allowed|acceptable].",
        "[When in doubt|If undecided|For borderline cases], [let it pass|send it to a human|block it|mark it].",
    ),
    items={"item": "[Post|Comment|Message|User text|Submission|Text|Content]"},
)

_PROBES: Final = (
    "[Continue|Complete|Carry on|Finish][ the text|]: {item}",
    "{item}",
    "{item} [->|=>|=|:]",
    "[Next|The next] [word|token] [after|of]: {item}",
    "[Repeat|Say|Echo|Print] [once|again|exactly|]: {item}",
    "[Answer|Reply] [in one token|with one word|with one character][:|.] {item}",
    "[Q|Question|Prompt|Input]: {item}\n[A|Answer|Completion|Output]:",
    "[Choose|Pick] [yes or no|A or B|true or false|0 or 1][:|.] {item}",
)


def classify(rng: np.random.Generator, item: Slot, labels: Sequence[str], language: str = "en") -> Wrapper:
    """One of `labels` for each item."""
    joiner = pick(rng, (", ", " / ", "; ", " | "))
    return wrap(
        rng,
        "classify",
        in_language("classify", CLASSIFY, language),
        {"item": item},
        {"labels": joiner.join(labels)},
    )


def extract(rng: np.random.Generator, item: Slot, fields: Sequence[str], language: str = "en") -> Wrapper:
    """The values of `fields` in each item, mostly as JSON."""
    schema = "{" + ", ".join(f'"{name}": "{pick(rng, ("", "...", "string"))}"' for name in fields) + "}"
    values = {"fields": ", ".join(fields), "schema": schema}
    return wrap(rng, "extract", in_language("extract", EXTRACT, language), {"item": item}, values)


def moderation(rng: np.random.Generator, item: Slot, language: str = "en") -> Wrapper:
    """Whether each item may be published."""
    return wrap(rng, "moderation", in_language("moderation", MODERATE, language), {"item": item})


def logit_probe(rng: np.random.Generator, item: Slot) -> Wrapper:
    """A short prompt whose next token is what counts."""
    return wrap(rng, "logit_probe", Phrases(tasks=_PROBES), {"item": item}, bare=0.0)
