"""Translation and localisation in bulk: strings, captions and articles into one language after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SERVERS, services
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.jobs import LANGUAGES, choose, job, spoken
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items
from streaming.simulator.settings import script_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import translation
from streaming.simulator.wordings.documents import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


_TARGETS: Final = 3
"""languages of one business, at most"""


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Texts by the batch into a few languages, one business an account."""
    rng = stage.rng("translation")
    corpus = stage.corpus
    kit = Kit(script_params, (*SERVERS, ("office", 0.15)), LOOPED, addresses=4, roams=False, settings=1)
    rows = services(stage, rng, "translation", count, kit, per_day=7, batch=(1, 150))
    english = ("translation_en", "sentences", "sentences", "short_texts", "documents")
    sources = (*(("English", kind) for kind in english), ("German", "translation_de"))
    several = rng.integers(1, _TARGETS + 1, count)

    def business(at: int) -> int:
        source, kind = choose(rng, sources)
        targets = ["English"] if source == "German" else rng.permutation(LANGUAGES)[:_TARGETS].tolist()
        answer = translation(corpus, "translation_en" if source == "German" else "translation_de")
        item, kept = Slot(corpus.pool(kind).texts), choose(rng, (Items.SWEEP, Items.FRESH))
        several[at] = min(several[at], len(targets))
        # The same draws give the same words, but for the language.
        language = spoken(rng, "translate")
        words = [
            translate(stage.rng("translation", at), item, source, target, language) for target in targets
        ]
        made = [stage.scene(job(each, answer, items=kept, output=(70.0, 0.5))) for each in words]
        return made[0]

    rows["scene"] = [business(at) for at in range(count)]
    rows["scenes"], rows["main"] = several, rng.uniform(0.3, 0.9, count)
    return [Population("translation", stage, rows)]


ARCHETYPE = Archetype("translation", weight=0.016, cast=cast)
