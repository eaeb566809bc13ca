# ruff: noqa: E501, RUF001 - a wording reads best on one line, in its own script
"""Wordings of everyday work in the same languages: what every purpose is told apart from."""

from __future__ import annotations

from typing import Final

WORDINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "documents": {
        "en": (
            "Summarize the following text in {n} sentences.\n\n{item}",
            "{item}\n\nWhat is the main idea of the passage above?",
            "Extract all names, dates and amounts from this document as JSON.\n{item}",
            "Classify the message into one of these categories: billing, delivery, account, other.\nMessage: {item}\nCategory:",
            "Translate the following into {language}:\n{item}",
            "Answer the question using only the context.\nContext: {item}\nQuestion: {second}\nAnswer:",
            "Is the sentiment of this review positive or negative? {item}",
            "Write a short title for this article: {item}",
        ),
        "zh": (
            "请用{n}句话总结下面的内容。\n\n{item}",
            "将以下文本翻译成英文:\n{item}",
            "请从下面的文档中提取姓名、日期和金额。\n{item}",
            "判断这条评论的情感是正面还是负面:{item}",
            "根据上下文回答问题。\n上下文:{item}\n问题:{second}\n答案:",
            "{item}\n\n以上段落的主要意思是什么?",
        ),
        "es": ("Resume el siguiente texto en {n} frases.\n\n{item}", "Traduce al inglés: {item}"),
        "fr": ("Résume le texte suivant en {n} phrases.\n\n{item}", "Traduis en anglais : {item}"),
        "de": (
            "Fasse den folgenden Text in {n} Sätzen zusammen.\n\n{item}",
            "Übersetze ins Englische: {item}",
        ),
        "ja": ("次の文章を{n}文で要約してください。\n\n{item}", "英語に翻訳してください:{item}"),
        "ru": (
            "Кратко изложи следующий текст в {n} предложениях.\n\n{item}",
            "Переведи на английский: {item}",
        ),
    },
    "requests": {
        "en": (
            "{item}",
            "Write a poem about {domain}.",
            "Explain {domain} to a ten-year-old.",
            "What are the advantages and disadvantages of {domain}?",
            "List {n} books about {domain}.",
            "Help me plan a trip and give me a packing list. {item}",
            "Fix the bug in this code.\n{item}",
            "Compare {domain} with other fields and name {n} differences.",
            "You are a helpful assistant of a {domain} company. Keep answers short.\n{item}",
            "Create a {n}-day study schedule for {domain}.",
            "Generate a list of {n} names for a {domain} club.",
        ),
        "zh": (
            "{item}",
            "写一首关于{domain}的诗。",
            "请解释什么是{domain}。",
            "{domain}有哪些优点和缺点?",
            "推荐{n}本关于{domain}的书。",
            "帮我写一封关于{domain}的邮件。",
            "生成{n}个{domain}社团的名字。",
            "比较{domain}与其他学科,列出{n}点不同。",
            "你是一家{domain}公司的客服,请简短回答。\n{item}",
        ),
        "es": ("{item}", "¿Qué es {domain}?", "Escribe un poema sobre {domain}."),
        "fr": ("{item}", "Qu'est-ce que {domain} ?", "Écris un poème sur {domain}."),
        "de": ("{item}", "Was ist {domain}?", "Schreibe ein Gedicht über {domain}."),
        "ja": ("{item}", "{domain}とは何ですか?", "{domain}についての詩を書いてください。"),
        "ru": ("{item}", "Что такое {domain}?", "Напиши стихотворение о {domain}."),
    },
    "exam items": {
        "en": (
            "{item}\nA. {domain}\nB. none of these\nC. both\nD. it depends\nAnswer:",
            "Question: {item}\nOptions: (1) yes (2) no (3) cannot be known\nThe correct option is",
            "The following is a multiple choice question about {domain}. Choose the correct answer.\n{item}\nA. first\nB. second\nC. third\nD. fourth",
        ),
        "zh": (
            "{item}\nA. 只有甲\nB. 只有乙\nC. 甲和乙\nD. 都不是\n答案:",
            "以下是关于{domain}的单项选择题,请选出正确答案。\n{item}\nA. 一\nB. 二\nC. 三\nD. 四\n答案:",
            "下列关于{domain}的说法,正确的是____\nA. {item}\nB. 以上都不对\nC. 无法确定\nD. 以上都对\n答案:",
        ),
        "es": ("{item}\nA. sí\nB. no\nC. a veces\nRespuesta correcta:",),
        "de": ("{item}\nA. ja\nB. nein\nC. manchmal\nRichtige Antwort:",),
        "ru": ("{item}\nА. да\nБ. нет\nВ. иногда\nПравильный ответ:",),
    },
}
