"""Worlds do not give their labels away, and the audit finds it where they do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pytest

from detector.evaluate.audit.identical import identical
from detector.evaluate.audit.leaks import is_even, leaks
from detector.evaluate.audit.marks import MARKED, marks
from detector.evaluate.audit.matching import TWINS
from detector.evaluate.audit.sample import Sample, read_sample
from detector.evaluate.audit.sources import Sources
from streaming.simulator.archetype import all_archetypes
from streaming.simulator.corpus import Corpus
from streaming.simulator.family import Effort, all_families
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SEED: Final = 12
FAMILIES: Final = ("answer_harvest", "fixed_cot", "self_instruct")
CAMPAIGNS: Final = 12


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Some campaigns each of a few families, among honest accounts."""
    folder = tmp_path_factory.mktemp("worlds") / "audited"
    campaigns = tuple(Campaign(name, Effort(3, 60)) for name in FAMILIES for _ in range(CAMPAIGNS))
    simulate(WorldPlan(SEED, honest=600, days=2, pools=0, campaigns=campaigns), folder)
    return read_sample([folder])


def planted(sample: Sample, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Sample:
    """The sample with every request of a campaign changed."""
    hostile = sample.truth["family"].notna()
    rows = zip(sample.records, hostile, strict=True)
    return replace(sample, records=[change(record) if found else record for record, found in rows])


def test_ids_clocks_numbers_and_gaps_tell_nothing(sample: Sample) -> None:
    """No id, clock digit, number format or missing field separates campaigns from honest twins."""
    found = leaks(sample, np.random.default_rng(1))
    assert {"event id", "account id", "clock", "missing fields", "last digit of latency_ms"} <= set(found)
    assert {name: each for name, each in found.items() if not is_even(each)} == {}


def test_a_planted_leak_is_found(sample: Sample) -> None:
    """Campaigns whose clocks stand at a full second and whose gateway logs no plan are told apart by it."""
    leaky = planted(sample, lambda record: record | {"time": record["time"][:-4] + "000Z", "plan": None})
    found = leaks(leaky, np.random.default_rng(1))
    assert found["clock"].low > 0.9
    assert found["missing fields"].value > 0.6
    assert is_even(found["event id"])


def test_a_planted_mark_is_found(sample: Sample) -> None:
    """A limit that one kind of attack alone asks for marks its family."""
    marked = planted(sample, lambda record: record | {"max_tokens": 777})
    found = marks(marked, Sources.of_corpus(Corpus.read(None, SEED)), np.random.default_rng(1))
    assert set(found) == set(FAMILIES)
    for each in found.values():
        assert each is not None
        assert each.low > MARKED


def test_some_prompts_of_campaigns_are_those_of_honest_accounts(sample: Sample) -> None:
    """Whoever collects answers to public questions asks what honest people ask."""
    assert identical(sample.prompts)["answer_harvest"].hits > 0


def test_identical_prompts_are_counted_by_family() -> None:
    """Only what an account of no campaign sends counts as honest."""
    prompts = pd.DataFrame(
        {
            "prompt": [1, 2, 3, 1, 3, 3],
            "family": [None, None, "a", "a", "b", "a"],
            "honest": [True] + [False] * 5,
        }
    )
    found = identical(prompts)
    assert (found["a"].hits, found["a"].n, found["b"].hits) == (1, 3, 0)


def test_twins_exist() -> None:
    """Every family has honest twins, and every twin is an archetype."""
    assert set(TWINS) == set(all_families())
    assert {name for twins in TWINS.values() for name in twins} <= {one.name for one in all_archetypes()}


def test_prompts_are_traced_to_their_corpus() -> None:
    """The first words of a text inside a prompt name its source; words of no text name none."""
    corpus = Corpus.read(None, SEED)
    text = corpus.pools["math/gsm8k" if "math/gsm8k" in corpus.pools else corpus.sources("math")[0]].texts[3]
    sources = Sources.of_corpus(corpus)
    found = sources.of([{"role": "user", "content": "Solve this, please. " + text.replace('\\"', '"')}])
    assert found.startswith("math/")
    assert sources.of([{"role": "user", "content": "zig zag " * 9}]) == "unknown"
    assert sources.of(None) == "unknown"
