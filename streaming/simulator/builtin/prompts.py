"""Grammars of the built-in prompts: what people ask."""

from __future__ import annotations

from typing import Final

from streaming.simulator.builtin.words import (
    CODE,
    FIELD,
    JOB,
    LANGUAGE,
    LARGE,
    NAME,
    NAME_ZH,
    NOUN,
    PERSON_ADJ,
    PLACE,
    QUALITY,
    SMALL,
    THING,
    TOPIC,
    TOPIC_ZH,
    VERB,
    WHEN,
)

CHAT: Final = {
    "chat/curious": (
        f"[hi, |hey |][can|could] you [tell|teach] me [something|a bit] about {TOPIC}[?| please| - short version]",
        f"[why|how] [is|was] {TOPIC} [so important|discovered|so hard to explain|seen] in {PLACE}?",
        f"what [should|would] a {PERSON_ADJ} {JOB} know about {TOPIC}?",
        f"[I've|I have] been reading about {TOPIC} and [got stuck|wonder what to read next|have a question about {FIELD}]",
        f"is there a link between {TOPIC} and {TOPIC}?",
    ),
    "chat/practical": (
        f"[Help me|I want to] plan a {QUALITY} [weekend|birthday|trip] in {PLACE} for {SMALL} people, budget {LARGE} euros.",
        f"My {THING} [stopped working|makes a noise|smells odd] {WHEN}. [What can I try|Any ideas|Repair or replace]?",
        f"Write [a short|a polite|an informal] [mail|letter|message] to my {JOB} about the {THING} I [ordered|lost|sold] {WHEN}.",
        f"[Suggest|Give me] {SMALL} [names|slogans|gift ideas] for a {QUALITY} [shop|club|podcast] about {TOPIC}.",
        f"[Compare|What's the difference between] a {QUALITY} {THING} and a {QUALITY} one for a {JOB}?",
    ),
    "followups/short": (
        f"[ok|thanks|great|hm], [and|but] what about {TOPIC}?",
        f"[make it|can you make that] [shorter|longer|funnier|more formal|suitable for a {JOB}][ please|?|]",
        f"[that's not|this is not] what I meant, I [asked|was asking] about the {THING}",
        f"[now|next] do the same for {PLACE}[ and {PLACE}|]",
        f"[and|so] if I only have {SMALL} [days|hours|euros]?",
    ),
    "followups/detailed": (
        f"[Could|Can] you [expand|say more] on the [first|second|third|last] point, [especially|mainly] for {TOPIC}?",
        f"[Please|] [rewrite|redo] the [second|last] part for a {PERSON_ADJ} {JOB}, and [mention|leave out] {PLACE}.",
        f"[What|Which] source [supports|says] the claim about {TOPIC}[, and is it recent|]?",
        f"[Put|Turn] [this|that] [into a table|in {SMALL} bullets|into an email to {NAME}].",
    ),
    "followups_zh/plain": (
        f"[那|如果是]{TOPIC_ZH}[呢|又怎么样]？",
        f"[请|麻烦][再详细一点|简短一些|举个例子|换一种说法][，谢谢|。|，给{NAME_ZH}看]",
        f"[第一|第二|最后]点[我不太明白|能展开说说吗|和{TOPIC_ZH}有什么关系]？",
    ),
    "persona/roles": (
        f"I want you to [be|act as|play] a {PERSON_ADJ} {JOB} from {PLACE} who [loves|writes about|dreams of] {TOPIC}. "
        "[Stay in character|Answer in short letters|Ask me questions back].",
        f"[Pretend|Imagine] you are a talking {THING}; [explain|praise|complain about] {TOPIC} to a {PERSON_ADJ} {JOB}.",
        f"[Be|Become] my [coach|tutor|sparring partner] for {FIELD}; I am a {PERSON_ADJ} {JOB}.",
    ),
    "persona/interview": (
        f"Conduct a [job|radio|mock] interview with me as a {JOB} in {PLACE}; [one question at a time|start easy].",
        f"You are the [guide|narrator|host] of a {QUALITY} [game|tour] about {TOPIC} in {PLACE}. [Begin|Set the scene].",
    ),
    "support/orders": (
        f"[where is|I can't find|please cancel|change the address of] my order {CODE}[?| for the {THING}|, thanks]",
        f"the {THING} from order {CODE} arrived [broken|late|in the wrong colour], [I want a refund|what now?|help]",
        f"[hello, |]I was charged [twice|{LARGE} euros too much] {WHEN}, invoice {CODE}",
    ),
    "support/account": (
        f"[I can't|how do I|unable to] [log in|reset my password|change my mail address|delete my account] since {WHEN}",
        f"my card was [declined|blocked|charged a fee] in {PLACE} {WHEN}, [why|what should I do|is that normal]?",
        f"[do you|does your shop] [ship to|have a store in] {PLACE}, and what does it cost for a {THING}?",
    ),
    "factual/open": (
        f"What is a common [mistake|myth|misunderstanding] about {TOPIC} in {FIELD}?",
        f"[Is it true|Do experts agree] that {TOPIC} [began|matters most|is taught first] in {PLACE}?",
        f"[Who|What] [shaped|changed] {TOPIC} [most|first|for good] according to {FIELD}?",
    ),
    "factual/short": (
        f"Which [city|country] is [closer to|larger than] {PLACE}: {PLACE} or {PLACE}?",
        f"How [many|few] [hours|kilometres] is it from {PLACE} to {PLACE}?",
    ),
    "format/limits": (
        f"Describe {TOPIC} in [exactly|at most|at least] {SMALL} [sentences|words|bullet points] and [do not use|avoid] "
        f"the [letter e|word 'very'|comma].",
        f"Write [a poem|a resume|an ad] for a {JOB} in [all lowercase|capital letters only|{SMALL} sections], and end "
        f"with the word {PLACE}.",
    ),
    "format/shape": (
        f"List {SMALL} facts about {TOPIC} as [a JSON array|a markdown table|numbered lines], [twice|wrapped in "
        f"quotes|with a title in angle brackets].",
        f"[First repeat|Begin by repeating] this request word for word, then [compare|rate] {TOPIC} and {TOPIC}.",
    ),
}

WORK: Final = {
    "code_tasks/functions": (
        f"Write [a|one] {LANGUAGE} [function|class|script] to {VERB} {NOUN} [by|with respect to] [date|size|key|weight]"
        f"[ in linear time| without libraries| and test it|].",
        f"[How do I|What is the best way to] {VERB} {NOUN} in {LANGUAGE} [when|if] there are {LARGE} of them?",
        f"[Optimise|Refactor|Fix] [this|my] {LANGUAGE} code that should {VERB} {NOUN} but [is slow|fails on empty "
        f"input|loses order].",
    ),
    "code_tasks/systems": (
        f"Design a [service|command line tool|small library] in {LANGUAGE} that can {VERB} and {VERB} {NOUN}[ from a "
        f"queue| over HTTP| on disk|].",
        f"[Build|Implement|Sketch] a {LANGUAGE} [data structure|worker|iterator] which can {VERB} up to {LARGE} {NOUN}.",
    ),
    "code_completion/functions": (
        f"def {VERB}_items(values: list[int], limit: int = {LARGE}) -> list[int]:\n"
        f'    """{VERB} {NOUN} [up to|below|above] the limit."""\n'.replace("list[int]", "Sequence"),
        f"function {VERB}All(items, limit = {SMALL}) {{\n  // {VERB} {NOUN}, then {VERB} them\n",
    ),
    "code_completion/tests": (
        f"def test_{VERB}_{SMALL}_values():\n    # {NOUN} [from|in] {PLACE}\n    result = {VERB}(make({LARGE}))\n    assert ",
        f"fn {VERB}_each(n: usize) -> usize {{\n    // {VERB} {LARGE} {NOUN}\n    let mut left = {SMALL};\n",
    ),
    "math/stories": (
        f"{NAME} [buys|packs|paints|sells] {SMALL} boxes of {LARGE} [beads|cards|apples|tiles] and gives {SMALL} to {NAME}. "
        f"How many are left?",
        f"A [train|boat|cyclist] goes from {PLACE} to {PLACE} at {LARGE} km/h and [back|on] at {LARGE} km/h. What is the mean speed?",
        f"{NAME} saves {LARGE} a month and spends {SMALL} a day. After how many days has {NAME} got {LARGE}?",
    ),
    "math/symbols": (
        f"[Find|Compute|Determine] all integers $n$ with ${SMALL}n^2 + {LARGE}n [<|>|=] {LARGE}$.",
        f"[Let|Suppose] $f(x) = {SMALL}x^{SMALL} - {LARGE}x$. [Find|Compute] $f({SMALL})[ + f({SMALL})|]$.",
        f"What is the remainder when ${LARGE}^{{{SMALL}}}$ is divided by ${SMALL}$?",
        f"In how many ways can {SMALL} [people|books] be [seated|placed] so that {SMALL} [stay together|never meet]?",
    ),
    "exam/choices": (
        f"Which [statement|claim] about {TOPIC} is [correct|false|supported by {FIELD}]?\nA. It [began|ended] in {PLACE}.\n"
        f"B. It needs {SMALL} [steps|parts].\nC. It was named after a {JOB}.\nD. None of these.\nAnswer:",
    ),
    "exam/numbers": (
        f"A {JOB} measures {LARGE} and {LARGE}. In {FIELD}, what is the [sum|difference|larger value]?\nA. {LARGE}\n"
        f"B. {LARGE}\nC. {LARGE}\nD. {LARGE}\nAnswer:",
    ),
    "exam_zh/choices": (
        f"关于{TOPIC_ZH}，下列说法[正确|错误]的是\nA. 与{TOPIC_ZH}[有关|无关]\nB. 共有{SMALL}个阶段\n"
        f"C. 由{NAME_ZH}提出\nD. 以上都不对\n答案：",
    ),
    "exam_zh/numbers": (
        f"{NAME_ZH}有{LARGE}元，[买书|坐车|吃饭]花了{SMALL}元，又给了{NAME_ZH}{SMALL}元，还剩多少？\nA. {LARGE}\n"
        f"B. {LARGE}\nC. {SMALL}\nD. {SMALL}\n答案：",
    ),
    "instructions/everyday": (
        f"[Write|Compose] a [letter|story|poem|review] about a {QUALITY} {THING} and a {JOB}.",
        f"[List|Name|Give] {SMALL} [reasons|ways|examples] [why|how] {TOPIC} [helps|matters to] a {PERSON_ADJ} {JOB}.",
        f"[Rewrite|Edit|Improve] the sentence.\n\n{NAME} has went to {PLACE} for see {TOPIC}.",
    ),
    "instructions/analysis": (
        f"[Explain|Summarise|Outline] how {TOPIC} [works|changed] and [what|why] it means [for|to] {PLACE}.",
        f"[Classify|Sort] the following into {SMALL} groups.\n\n{THING}, {THING}, {THING}, {TOPIC}",
        f"[Argue for|Argue against|Weigh up] [funding|banning|teaching] {TOPIC} in {PLACE}.",
    ),
    "instructions_zh/everyday": (
        f"[写|请写]一[篇短文|首诗|封信]，[介绍|描述]{TOPIC_ZH}[，给{NAME_ZH}看|，不超过{LARGE}字|]。",
        f"[列出|给出]{SMALL}个关于{TOPIC_ZH}的[例子|建议|问题|事实]。",
    ),
    "instructions_zh/analysis": (
        f"[解释|分析|比较]{TOPIC_ZH}和{TOPIC_ZH}[的区别|的联系|对生活的影响]。",
        f"[将|把]下面的句子[翻译成英语|改写得更正式]。\n\n{NAME_ZH}昨天花了{SMALL}个小时学习{TOPIC_ZH}。",
    ),
}
