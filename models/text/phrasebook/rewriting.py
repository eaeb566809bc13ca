# ruff: noqa: E501 - a wording reads best on one line, in its own script
"""Wordings that ask to clean or rewrite an answer: by editors and support teams, and to scrub captured traces."""

from __future__ import annotations

from typing import Final

WORDINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "clean traces": {
        "en": (
            "Clean up the following model transcript: remove filler, repetition and false starts, keep every logical step.\n\n{item}",
            "The text below is a raw reasoning trace. Edit it into a polished explanation without changing the conclusion.\n{item}",
            "Refine this assistant answer for a training set. Fix mistakes, drop self-references, keep the format.\n\nAnswer: {item}\n\nRefined answer:",
            "Normalise the response: delete apologies and disclaimers, unify the style, preserve all facts.\n{item}",
            "Rewrite the captured output so that it reads as if written in one go. Do not add information.\n---\n{item}\n---",
        ),
        "zh": (
            "请清洗下面的模型输出,删除重复和口头禅,保留所有推理步骤。\n\n{item}",
            "以下是原始推理记录,请改写成通顺的解释,结论不变。\n{item}",
            "请润色这条助手回答,去掉道歉和自我指涉,保持格式。\n回答:{item}",
        ),
        "es": (
            "Limpia la siguiente respuesta del modelo: quita repeticiones y conserva todos los pasos.\n\n{item}",
        ),
        "fr": (
            "Nettoie la réponse suivante du modèle : supprime les répétitions et garde toutes les étapes.\n\n{item}",
        ),
        "de": (
            "Bereinige die folgende Modellantwort: entferne Wiederholungen und behalte alle Schritte.\n\n{item}",
        ),
        "ja": ("次のモデルの回答を整形し、繰り返しを削除して、すべての手順を残してください。\n\n{item}",),
        "ru": ("Очисти следующий ответ модели: убери повторы и сохрани все шаги.\n\n{item}",),
    },
    "editing": {
        "en": (
            "Rewrite the paragraph below so that it is clearer and more concise. Keep the meaning.\n\n{item}",
            "Proofread and correct the grammar and spelling of this text:\n{item}",
            "Rephrase the following reply in a warmer, more professional tone.\n\n{item}",
            "Polish this draft answer before I send it to a customer: {item}",
            'Improve the wording of the text and shorten it by a third.\n"""{item}"""',
            "Edit the sentence to remove redundancy: {item}",
        ),
        "zh": (
            "请改写下面的段落,使其更清晰简洁,意思不变。\n\n{item}",
            "请校对并修改这段文字的语法和错别字:\n{item}",
            "用更专业的语气重新表述下面的回复。\n{item}",
            "把这句话改写得更通顺:{item}",
        ),
        "es": ("Reescribe el siguiente párrafo para que sea más claro, sin cambiar el sentido.\n\n{item}",),
        "fr": ("Reformule le paragraphe suivant pour le rendre plus clair, sans changer le sens.\n\n{item}",),
        "de": ("Formuliere den folgenden Absatz klarer um, ohne den Sinn zu ändern.\n\n{item}",),
        "ja": ("次の段落を、意味を変えずに、より分かりやすく書き直してください。\n\n{item}",),
        "ru": ("Перепиши следующий абзац понятнее, не меняя смысла.\n\n{item}",),
    },
    "answer repair": {
        "en": (
            "Question: {item}\nDraft answer: {second}\nRewrite the draft answer so that it is complete, correct and well structured.",
            "Below is an instruction and a weak response. Write an improved version of the response.\nInstruction: {item}\nResponse: {second}\nImproved response:",
            "Revise the answer according to the feedback. Answer: {second} Feedback: too vague, add numbers. Revised answer:",
        ),
        "zh": (
            "问题:{item}\n草稿答案:{second}\n请改写草稿,使其完整、正确、条理清楚。",
            "指令:{item}\n较差的回答:{second}\n请给出改进后的回答:",
        ),
        "es": (
            "Pregunta: {item}\nBorrador: {second}\nReescribe el borrador para que sea completo y correcto.",
        ),
        "de": (
            "Frage: {item}\nEntwurf: {second}\nÜberarbeite den Entwurf, damit er vollständig und richtig ist.",
        ),
    },
}
