"""Scripts: the prompts of a campaign, its data set set into its own template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from streaming.simulator.scenes import Items, Scene
from streaming.simulator.texts import Pool, Slot, Wording
from streaming.simulator.wordings.wrapper import paraphrased

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.wordings.wrapper import Wrapper

_SHUFFLED: Final = 0.5


class Rest(TypedDict, total=False):
    """What a scene may have besides its template and its answers."""

    follow: Wording
    repeats: int
    output: tuple[float, float]
    hidden: float
    refused: float


def script(
    rng: np.random.Generator,
    factory: Callable[[np.random.Generator], Wrapper],
    wordings: int,
    answer: Wording,
    **rest: Unpack[Rest],
) -> Scene:
    """An attack's requests, off a queue; one wording, or several paraphrases."""
    if wordings == 1:
        wrapper = factory(rng)
        return Scene(
            Wording.of(wrapper.opening), answer, system=wrapper.system, attack=True, items=Items.QUEUE, **rest
        )
    return Scene(paraphrased(factory, rng, wordings), answer, attack=True, items=Items.QUEUE, **rest)


def dataset(stage: Stage, rng: np.random.Generator, *kinds: str, repeats: int = 1) -> Slot:
    """Texts to work through, shuffled or from some place on; each `repeats` times in a row."""
    texts = [text for kind in kinds for text in stage.corpus.pool(kind).texts]
    if rng.random() < _SHUFFLED:
        texts = [texts[at] for at in rng.permutation(len(texts)).tolist()]
    chosen = Pool(kinds[0], texts).part(int(rng.integers(len(texts))), len(texts))
    return Slot([text for text in chosen.texts for _ in range(repeats)])


def drawn(stage: Stage, rng: np.random.Generator, kind: str) -> Slot:
    """Texts of a kind, another for each request."""
    return Slot(stage.corpus.pool(kind).texts, int(rng.integers(1, 1 << 30)))
