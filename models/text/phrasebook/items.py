# ruff: noqa: E501, RUF001 - a wording reads best on one line, in its own script
"""What fills the slots of the wordings where no corpus does: tags, fields and small items of our own."""

from __future__ import annotations

from typing import Final

TAGS: Final = (
    "think", "thinking", "thoughts", "reasoning", "scratchpad", "analysis", "cot", "steps", "inner", "monologue",
    "trace", "deliberation", "plan", "working", "notes", "rationale", "derivation", "process",
)  # fmt: skip

LANGUAGES: Final = ("French", "German", "Spanish", "Chinese", "Japanese", "Portuguese", "plain English")

DOMAINS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("algebra", "chemistry", "tax law", "geometry", "databases", "linguistics", "history", "networks", "optics",
           "genetics", "accounting", "poetry", "robotics", "statistics", "marketing", "gardening"),
    "zh": ("代数", "化学", "税法", "几何", "数据库", "语言学", "历史", "网络", "光学", "遗传学", "会计", "诗歌", "统计", "园艺"),
    "es": ("álgebra", "química", "historia", "redes", "genética", "poesía"),
    "fr": ("algèbre", "chimie", "histoire", "réseaux", "génétique", "poésie"),
    "de": ("Algebra", "Chemie", "Geschichte", "Netzwerke", "Genetik", "Dichtung"),
    "ja": ("代数", "化学", "歴史", "ネットワーク", "遺伝学", "詩"),
    "ru": ("алгебра", "химия", "история", "сети", "генетика", "поэзия"),
}  # fmt: skip

ITEMS: Final[dict[str, tuple[str, ...]]] = {
    "zh": (
        "一辆汽车以每小时60公里的速度行驶3小时,一共走了多少公里?", "光合作用发生在植物细胞的哪个部位?",
        "某商店把一件衣服打八折后卖160元,原价是多少元?", "我国最长的河流是哪一条?", "水在标准大气压下的沸点是多少?",
        "企业购入设备一台,价款十万元,增值税另计,该设备的入账价值是多少?", "下列行为中属于要约的是哪一项?",
        "甲乙两人同时从两地相向而行,两小时后相遇,求两地的距离。", "秋天到了,树叶变黄,孩子们在院子里追逐落叶。",
        "公司本季度收入同比增长百分之五,主要来自海外市场。", "会议改到周五下午三点,请大家准时参加。",
        "我的快递三天没有更新了,能帮我查一下吗?", "请问怎样重置账户密码?", "这家餐厅的面条很好吃,但是服务太慢了。",
        "心肌梗死患者最常见的并发症是什么?", "函数在区间上单调递增,求参数的取值范围。", "教育的根本任务是什么?",
        "李白是哪个朝代的诗人?", "细胞膜的主要成分是什么?", "写一个函数,返回列表中的最大值。",
        "货币政策的主要工具有哪些?", "这部电影的剧情很感人,演员的表演也很出色。", "如何保持健康的生活方式?",
        "给我讲一个关于森林的小故事。", "计算机网络中用于域名解析的协议是什么?", "法律的基本特征包括哪些方面?",
        "小明有12个苹果,分给4个朋友,每人几个?", "牛顿第二定律说明了什么关系?", "唐代实行的主要土地制度是什么?",
        "答案是四十二,因为六乘以七等于四十二。", "正确的说法是第二个,因为温度升高时压力也升高。", "我不确定,可能是北京。",
        "首先计算总数,然后除以人数,结果是每人三个。", "根据合同法的规定,双方应当承担相应的责任。", "三角形的内角和是一百八十度。",
    ),
    "es": ("Un tren recorre 180 km en dos horas. ¿Cuál es su velocidad?", "¿Cuál es la capital del Perú?",
           "El restaurante era bonito, pero la comida llegó fría.", "La respuesta es doce porque tres por cuatro son doce."),
    "fr": ("Un train parcourt 180 km en deux heures. Quelle est sa vitesse ?", "Quelle est la capitale du Pérou ?",
           "Le restaurant était joli mais le plat est arrivé froid.", "La réponse est douze car trois fois quatre font douze."),
    "de": ("Ein Zug legt in zwei Stunden 180 km zurück. Wie schnell fährt er?", "Wie heißt die Hauptstadt von Peru?",
           "Das Lokal war hübsch, aber das Essen kam kalt.", "Die Antwort ist zwölf, denn drei mal vier ist zwölf."),
    "ja": ("列車が二時間で180キロ進みました。速さはいくらですか。", "ペルーの首都はどこですか。",
           "店はきれいでしたが、料理は冷めていました。", "答えは十二です。三かける四は十二だからです。"),
    "ru": ("Поезд проходит 180 км за два часа. Какова его скорость?", "Какой город столица Перу?",
           "Ресторан красивый, но еда была холодной.", "Ответ двенадцать, потому что трижды четыре двенадцать."),
}  # fmt: skip
