# ruff: noqa: E501, RUF001 - a wording reads best on one line, in its own script
"""Wordings that ask for new tasks or instructions: by teachers and test authors, and for training data."""

from __future__ import annotations

from typing import Final

WORDINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "seeded lists": {
        "en": (
            "Come up with {n} new and diverse instructions in the style of these examples.\n\n1. {item}\n2. {second}\n3. {third}\n4.",
            "Here are some seed tasks:\nTask: {item}\nTask: {second}\nWrite {n} more tasks that differ from them in verb, topic and format. Do not repeat any.",
            "You create a data set of user requests for a language model. Requirements: vary the wording, cover questions and commands, give an input where one is needed.\n###\n1. Instruction: {item}\n2. Instruction: {second}\n3. Instruction:",
            "Examples of prompts:\n- {item}\n- {second}\n- {third}\nGenerate {n} further prompts of similar difficulty, one per line, as JSON with instruction, input and output.",
        ),
        "zh": (
            "请参考下面的示例,设计{n}条新的、多样化的指令,不要重复。\n1. {item}\n2. {second}\n3.",
            "你正在构建指令数据集。种子任务:{item}。请再生成{n}个不同类型的任务,并给出输入和输出。",
        ),
        "es": (
            "Inventa {n} instrucciones nuevas y variadas como estos ejemplos.\n1. {item}\n2. {second}\n3.",
        ),
        "fr": ("Invente {n} consignes nouvelles et variées comme ces exemples.\n1. {item}\n2. {second}\n3.",),
        "de": (
            "Denke dir {n} neue, abwechslungsreiche Aufgaben nach diesen Beispielen aus.\n1. {item}\n2. {second}\n3.",
        ),
        "ja": ("次の例を参考に、新しく多様な指示を{n}個作成してください。\n1. {item}\n2. {second}\n3.",),
        "ru": ("Придумай {n} новых разнообразных заданий по образцу.\n1. {item}\n2. {second}\n3.",),
    },
    "topic tasks": {
        "en": (
            "Generate {n} challenging {domain} problems, each with a reference solution and test cases.",
            "Create an exam of {n} multiple-choice questions on {domain} with an answer key and a short explanation for each.",
            "Write {n} unique coding tasks about {domain}. Every task needs a statement, hidden unit tests and a verified solution.",
            "Design {n} realistic user queries that a {domain} assistant might receive, from easy to hard.",
            "Produce a batch of {n} question-answer pairs for fine-tuning a {domain} model. Avoid duplicates.",
            "I teach {domain}. Please make {n} homework exercises of increasing difficulty, with solutions.",
        ),
        "zh": (
            "请生成{n}道有难度的{domain}题目,每题附参考答案和测试用例。",
            "请出{n}道{domain}选择题,附答案和解析。",
            "为微调模型编写{n}组关于{domain}的问答对,避免重复。",
            "我教{domain},请设计{n}道由易到难的作业题。",
        ),
        "es": ("Genera {n} problemas difíciles de {domain}, cada uno con solución de referencia.",),
        "fr": ("Génère {n} exercices difficiles de {domain}, chacun avec un corrigé.",),
        "de": ("Erstelle {n} anspruchsvolle Aufgaben zu {domain}, jede mit Musterlösung.",),
        "ja": ("{domain}に関する難しい問題を{n}問、模範解答付きで作成してください。",),
        "ru": ("Составь {n} сложных задач по теме {domain}, каждую с решением.",),
    },
    "evolution": {
        "en": (
            "Rewrite the given prompt into a more complex version that needs deeper thought but stays answerable. #Given Prompt#: {item} #New Prompt#:",
            "Create a brand new task in the same domain as the one below, rarer and of equal length.\n#Task#: {item}\n#Created Task#:",
            "Make this instruction harder: add one constraint, replace general terms with specific ones. Return only the evolved instruction.\n{item}",
            "Invent a question whose answer is the text below, then a follow-up question.\n\n{item}",
        ),
        "zh": (
            "请把下面的指令改写得更复杂,增加一个约束,但仍可回答。原指令:{item} 新指令:",
            "根据下面的任务,创造一个同领域的全新任务。任务:{item} 新任务:",
        ),
        "de": (
            "Mache aus dieser Aufgabe eine schwierigere neue Aufgabe mit einer zusätzlichen Bedingung: {item}",
        ),
        "es": ("Crea una tarea nueva y más difícil a partir de esta, con una restricción adicional: {item}",),
    },
    "data sets": {
        "en": (
            "We are building an instruction-tuning data set. Generate {n} new task instructions with inputs and outputs about {domain}. Be diverse.",
            "Produce {n} synthetic training examples: each has an instruction, an optional input and the expected output. Topic: {domain}.",
            "You are asked to write a list of {n} varied prompts that people could send to an assistant. Avoid repeating verbs.",
            "Create {n} new questions similar to this one, with answers, for a {domain} benchmark: {item}",
            "Augment the data: write {n} different tasks like the following one, each solvable and self-contained.\n{item}",
            "Come up with a series of new tasks for a {domain} curriculum. Give the instruction, a worked solution and a checker for each task.",
        ),
        "zh": (
            "我们在构建指令微调数据集,请生成{n}条关于{domain}的新任务指令,附输入和输出,要多样化。",
            "请写出{n}条用户可能发给助手的不同指令,动词不要重复。",
            "请仿照下面这道题再出{n}道新题,并附答案:{item}",
            "数据增强:根据下面的任务,再编写{n}个不同的任务,每个都要能独立完成。\n{item}",
        ),
        "es": (
            "Genera {n} instrucciones nuevas con entrada y salida para un conjunto de datos de {domain}.",
        ),
        "fr": ("Génère {n} nouvelles consignes avec entrée et sortie pour un jeu de données de {domain}.",),
        "de": ("Erzeuge {n} neue Aufgaben mit Eingabe und Ausgabe für einen Datensatz zu {domain}.",),
        "ja": ("{domain}のデータセット用に、入力と出力付きの新しいタスクを{n}個生成してください。",),
        "ru": ("Создай {n} новых заданий с вводом и выводом для набора данных по теме {domain}.",),
    },
    "question writing": {
        "en": (
            "Write {n} quiz questions about the text below, each with four options and the correct answer.\n\n{item}",
            "Generate {n} comprehension questions with answers for my class from this passage: {item}",
            "Design {n} interview questions on {domain}, with model answers, from easy to challenging.",
            "Create {n} practice problems on {domain}, similar in style to the examples, and include solutions.\nExample: {item}\nExample: {second}",
            "Make {n} diverse test cases and tasks for a {domain} exam. New instruction for every task.",
        ),
        "zh": (
            "请根据下面的文本出{n}道测验题,每题四个选项并给出正确答案。\n\n{item}",
            "请设计{n}道{domain}面试题,附参考答案,由易到难。",
            "请参考示例设计{n}道{domain}练习题,并附解答。\n示例:{item}",
        ),
        "es": ("Escribe {n} preguntas de examen sobre {domain} con sus respuestas.",),
        "fr": ("Rédige {n} questions d'examen sur {domain} avec leurs réponses.",),
        "de": ("Schreibe {n} neue Prüfungsfragen zu {domain} mit Lösungen.",),
        "ja": ("{domain}の試験問題を{n}問、解答付きで新しく作成してください。",),
        "ru": ("Составь {n} новых экзаменационных вопросов по теме {domain} с ответами.",),
    },
}
