"""Word lists of the built-in corpus, each as alternatives in brackets (see `wordings.grammar`)."""

from __future__ import annotations

from typing import Final

NAME: Final = (
    "[Amara|Bilal|Chiara|Dmitri|Elif|Farah|Goran|Hanna|Ines|Jonas|Kofi|Lena|Malik|Noor|Oskar|Priya|Quinn|Rosa|"
    "Samir|Tove|Uma|Viktor|Wen|Ximena|Yusuf|Zofia|Arne|Beate|Cem|Dalia]"
)
TOPIC: Final = (
    "[sourdough bread|glaciers|the printing press|honey bees|tidal power|chess openings|medieval trade|coral reefs|"
    "public libraries|solar eclipses|vaccines|inflation|jazz harmony|earthquakes|the water cycle|urban gardens|"
    "migration of storks|glass blowing|black holes|antibiotics|railway gauges|tea ceremonies|wind turbines|"
    "the immune system|volcanoes|bridge design|lighthouses|compound interest|photosynthesis|cave paintings|"
    "desalination|origami|mountain weather|recycling|early radio|orchids|marathon training|sleep|fermentation]"
)
THING: Final = (
    "[bicycle|kettle|backpack|desk lamp|tent|headset|coffee grinder|winter jacket|printer|office chair|water filter|"
    "keyboard|suitcase|rain coat|hand mixer|camera|bookshelf|running shoes|toaster|garden hose|phone case|drill]"
)
PLACE: Final = (
    "[Lisbon|Oslo|Kyoto|Accra|Quito|Hanoi|Tunis|Riga|Cork|Lima|Perth|Tartu|Nantes|Bergen|Izmir|Graz|Porto|Pune|"
    "Leeds|Split|Ghent|Cusco|Halifax|Dakar|Turku|Malmo|Basel|Gdansk]"
)
JOB: Final = (
    "[nurse|carpenter|teacher|botanist|tax adviser|chef|sailor|historian|architect|librarian|tram driver|translator|"
    "bike mechanic|gardener|midwife|potter|surveyor|journalist|vet|electrician|choir leader|geologist]"
)
FIELD: Final = (
    "[biology|number theory|macroeconomics|organic chemistry|law of contracts|ancient history|statistics|geography|"
    "anatomy|philosophy of mind|computer networks|thermodynamics|music theory|psychology|nutrition|astronomy]"
)
PERSON_ADJ: Final = (
    "[busy|new|retired|curious|young|shy|impatient|experienced|tired|cheerful|anxious|careful]"
)
QUALITY: Final = (
    "[simple|cheap|reliable|surprising|healthy|quiet|old|modern|rare|practical|small|sturdy|elegant]"
)
VERB: Final = (
    "[sort|merge|count|filter|rotate|reverse|group|flatten|validate|parse|cache|compress|rank|index|sample|batch|"
    "normalise|deduplicate|split|join|schedule|retry]"
)
NOUN: Final = (
    "[orders|users|intervals|matrices|log lines|sensor readings|invoices|file paths|tokens|events|strings|graphs|"
    "coordinates|dates|prices|queue items|words|vectors|tree nodes|transactions|records|packets]"
)
LANGUAGE: Final = "[Python|Go|Rust|TypeScript|Java|C++|Kotlin|Ruby|SQL|Swift|C#|Scala|Bash|PHP]"
SMALL: Final = "[2|3|4|5|6|7|8|9|11|12|13|14|15|16|18|20|21|24]"
LARGE: Final = (
    "[35|40|48|56|63|72|84|90|96|105|120|132|144|150|168|180|210|240|275|320|360|450|512|640|720|960]"
)
DIGITS: Final = "[0|1|2|3|4|5|6|7|8|9]"
CODE: Final = f"{DIGITS}{DIGITS}{DIGITS}{DIGITS}{DIGITS}{DIGITS}"
WHEN: Final = (
    "[yesterday|last week|on Monday|this morning|two days ago|in March|before the holidays|a month ago]"
)
NAME_ZH: Final = "[小明|小红|王芳|李伟|张强|刘洋|陈静|赵磊]"
TOPIC_ZH: Final = "[光合作用|通货膨胀|太阳能|围棋|中国茶文化|地震|人工智能|睡眠|古代丝绸之路|城市交通|垃圾分类|黑洞|疫苗|月食]"
