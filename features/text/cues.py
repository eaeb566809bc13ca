# ruff: noqa: RUF001 - words of many scripts
"""Words that instructions are made of, and how strongly each so: our own list, from no corpus.

STRONG points at a text or names what to do with it; MILD names things tasks are about; PLAIN are the function
words of instructions, which neither speak for nor against one. Everything else counts against: it came with
the item. Ideographs are listed in pairs, single ones as PLAIN.
"""

from __future__ import annotations

from typing import Final

STRONG: Final = """
following above below given context passage paragraph excerpt snippet document documents article articles
text texts instruction instructions input output prompt question questions answer answers respond
response responses summarize summarise summary summarizing rephrase paraphrase paraphrases translate
translation classify categorize label labels category categories option options choice choices sentiment
rewrite rewritten generate extract sentence sentences review reviews headline topic topics dialogue
dialog conversation transcript keywords outline abstract tldr determine identify select choose pick
decide mentioned based according hypothesis premise query solution rubric criteria
siguiente texto responde pregunta resume resumen traduce traduzca clasifica oraciones frase indique
respuesta suivant suivante texte réponds répondez résume résumez résumé traduis traduisez classe phrase
réponse folgenden folgende folgender satz frage beantworte beantworten übersetze übersetzen fasse
zusammenfassung antwort следующий следующего следующее следующую текст текста вопрос ответь ответьте
переведи переведите предложение выбери выберите ответ кратко 以下 下列 下面 上述 上面 请将 请把 请根 根据
翻译 总结 概括 摘要 分类 判断 提取 抽取 改写 润色 回答 问题 答案 选项 选择 文本 段落 文章 句子 内容 指令
输出 输入 给定 情感 标题 对话 评论 关键 次の 要約 翻訳 質問 答え
"""

MILD: Final = """
read write give provide describe explain tell list complete continue convert create compose construct
formulate suggest recommend evaluate judge rate rating score scale assign predict guess infer check
verify validate correct incorrect true false yes no valid equivalent duplicate meaning same reviewer
writer author user customer product movie story plot news facts fact information concepts concept word
words detail details point points key brief short concise relevant appropriate suitable best describes
express expressed expresses convey conveys related ask asked asking asks answering please use using used
task tasks format only return example examples hint bio biography email message code function bullet step
steps type kind possible likely appear section belong belongs title name names condense shorten simplify
elaborate compare analyze analyse analysis discuss solve problem problems calculate compute debug fix
implement program script table csv json markdown html xml tweet comment comments post feedback opinion
stars spam toxic intent entity entities language english french german spanish chinese grammar spelling
edit proofread polish tone formal informal assistant expert act imagine pretend suppose assume argument
claim evidence subject theme scene scenario situation background process procedure recipe plan idea ideas
difference differences similar draft essay poem letter report paragraphs lines entail entails contradict
contradicts implies imply support supports refute inference paraphrasing distill synthesize combine merge
match fill blank blanks missing sort order rank find finds detect highlight mention quote cite source
sources conclusion result results reason reasons reasoning explanation interpret define definition means
synonym synonyms antonym describing summarizes represents refers refer contains contain consider
considering reading knowing presented provided attached shown listed written speaker
person company products item items data dataset record records field fields value values column
row por favor escribe explica lista según opción correcta idioma español inglés veuillez écris écrivez
explique liste selon option correcte langue français anglais bitte schreibe erkläre nenne laut richtige
sprache deutsch englisch aus пожалуйста напиши напишите объясни объясните список согласно правильный язык
русский английский 请你 你是 一个 一段 一句 这个 这段 哪个 哪些 什么 如何 解释 说明 描述 列出 写一 给出
生成 创建 编写 评分 评价 打分 比较 分析 正确 错误 格式 中文 英文 英语 例子 示例 步骤 主题 文字 ください
説明 日本 英語 正しい どれ
"""

PLAIN: Final = """
what which who whom whose when where why how can could would should do does did don't is are was were
will you your i i'm my me we us our this these that those it its it's they he she them their his her if
or and not to of in on for from with by about between into as at be been being has have had than then
there here a an the any each every one two three four five first second third next last other another
some all more most less least out up only just also so but because while after before now let let's want
need think know like going positive negative good bad feel feels people thing place time right wrong
against both either whether may might must el la los las de del en y o que qué cuál un una es son para
con su lo al se le les des du et ou quel quelle une est sont pour avec dans ce cette ces à au der die das
den dem und oder welche welcher welches ein eine einen ist sind für mit zu auf и или что какой какая
какие это в на из с по для не ли как 的 是 在 了 和 与 或 请 将 把 为 对 从 中 个 你 我 这 有 不 用 成 出
は の を に が と で も か
"""


def cue_weights() -> dict[str, int]:
    """Every cue with 3 (strong), 2 (mild) or 1 (plain); a word listed twice keeps the higher."""
    weights: dict[str, int] = {}
    for weight, words in ((1, PLAIN), (2, MILD), (3, STRONG)):
        weights.update(dict.fromkeys(words.split(), weight))
    return weights
