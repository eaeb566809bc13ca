# ruff: noqa: E501, RUF001 - a wording reads best on one line, in its own script
"""Wordings that ask for a verdict on answers: product evaluations and teachers, and reward-model harvesters."""

from __future__ import annotations

from typing import Final

WORDINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "pairwise": {
        "en": (
            "Compare the two assistant responses to the user question and decide which one is better.\n\n[Question]\n{item}\n[Assistant A]\n{second}\n[Assistant B]\n{third}\n\nOutput [[A]], [[B]] or [[C]] for a tie.",
            "Question: {item}\n\nAnswer 1: {second}\n\nAnswer 2: {third}\n\nWhich answer is more helpful and accurate? Reply 1 or 2 and justify your choice.",
            "You rank candidate replies. Prompt: {item}\nResponse A: {second}\nResponse B: {third}\nPreferred response and why?",
            "Act as an impartial judge. Avoid position bias. Pick the stronger of the two outputs below.\nTask: {item}\n(A) {second}\n(B) {third}",
        ),
        "zh": (
            "请比较两个助手的回答,判断哪一个更好。\n问题:{item}\n回答A:{second}\n回答B:{third}\n请输出 [[A]] 或 [[B]]。",
            "你是公正的评委。题目:{item}\n答案一:{second}\n答案二:{third}\n哪个答案更准确?说明理由。",
        ),
        "es": (
            "Compara las dos respuestas y decide cuál es mejor.\nPregunta: {item}\nRespuesta A: {second}\nRespuesta B: {third}",
        ),
        "fr": (
            "Compare les deux réponses et dis laquelle est la meilleure.\nQuestion : {item}\nRéponse A : {second}\nRéponse B : {third}",
        ),
        "de": (
            "Vergleiche die beiden Antworten und entscheide, welche besser ist.\nFrage: {item}\nAntwort A: {second}\nAntwort B: {third}",
        ),
        "ja": (
            "二つの回答を比較して、どちらが優れているか判定してください。\n質問:{item}\n回答A:{second}\n回答B:{third}",
        ),
        "ru": (
            "Сравни два ответа и реши, какой лучше.\nВопрос: {item}\nОтвет A: {second}\nОтвет B: {third}",
        ),
    },
    "rubric": {
        "en": (
            "Grade the response against the rubric and give a score from 1 to {n}.\n\n### Instruction\n{item}\n\n### Response\n{second}\n\n### Score rubric\n1: wrong or unhelpful. {n}: correct, complete and clear.\n\n### Feedback and score:",
            "You are a strict evaluator. Criteria: factual accuracy, completeness, tone. Rate the submission on each criterion (1-{n}).\nTask: {item}\nSubmission: {second}",
            "Evaluate the quality of the model output below. Rate helpfulness, honesty and harmlessness between 0 and {n}, with a short rationale for every rating.\n\nInput: {item}\nOutput: {second}\nRating:",
            "Score this student's answer with the marking scheme. Deduct points for missing steps. Return JSON with score and feedback.\nQuestion: {item}\nStudent: {second}",
            "As a reward model, assign a scalar reward to the completion.\nPrompt: {item}\nCompletion: {second}\nReward:",
        ),
        "zh": (
            "请根据评分标准给下面的回答打分(1到{n}分),并写出理由。\n指令:{item}\n回答:{second}\n评分:",
            "你是严格的阅卷老师。评价标准:准确性、完整性、语气。请逐项打分。\n题目:{item}\n学生答案:{second}",
            "评估以下模型输出的质量,从有用性和真实性两方面给出0到{n}的评分。\n输入:{item}\n输出:{second}",
        ),
        "es": (
            "Evalúa la respuesta según la rúbrica y asigna una puntuación del 1 al {n}.\nTarea: {item}\nRespuesta: {second}",
        ),
        "fr": (
            "Évalue la réponse selon le barème et donne une note de 1 à {n}.\nConsigne : {item}\nRéponse : {second}",
        ),
        "de": (
            "Bewerte die Antwort anhand der Kriterien und vergib eine Punktzahl von 1 bis {n}.\nAufgabe: {item}\nAntwort: {second}",
        ),
        "ja": ("評価基準に従って、次の回答を1から{n}点で採点してください。\n指示:{item}\n回答:{second}",),
        "ru": ("Оцени ответ по критериям и поставь балл от 1 до {n}.\nЗадание: {item}\nОтвет: {second}",),
    },
    "verification": {
        "en": (
            "Is the proposed answer correct? Judge it against the reference and reply with a verdict: correct or incorrect.\nProblem: {item}\nProposed answer: {second}\nReference: {third}",
            "Check the solution below for errors. Mark every step as valid or invalid and give an overall grade.\n\nProblem: {item}\nSolution: {second}",
            "You will assess whether the response follows the instruction. Instruction: {item} Response: {second} Verdict (pass/fail):",
            "Review the assistant's reply for hallucinations. Rate its faithfulness from 1 to {n}.\nUser: {item}\nAssistant: {second}",
        ),
        "zh": (
            "请判断考生的答案是否正确,并给出评语和分数。\n题目:{item}\n考生答案:{second}\n标准答案:{third}",
            "检查下面的解答,逐步标出对错,最后给出总评分。\n题目:{item}\n解答:{second}",
        ),
        "es": (
            "Juzga si la respuesta propuesta es correcta y da un veredicto.\nProblema: {item}\nRespuesta propuesta: {second}",
        ),
        "de": (
            "Beurteile, ob der Lösungsvorschlag richtig ist, und gib ein Urteil ab.\nAufgabe: {item}\nVorschlag: {second}",
        ),
    },
}
