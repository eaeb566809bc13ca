"""The published campaign: software-engineering agents on 25,000 accounts, 28.8 million exchanges in 45 days.

From the June 2026 letter (22 April to 5 June, about 26 exchanges an account and day, software engineering and
long-horizon agents) and the September 2026 report (one fixed prompt in every request, residential proxies,
disposable mail and virtual cards, a second pool after bans).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, kit
from streaming.simulator.family import Effort, Family, log_uniform
from streaming.simulator.migration import Move, migrating
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.script import dataset
from streaming.simulator.settings import agent_params
from streaming.simulator.texts import Wording
from streaming.simulator.wordings.agency import agent_task, tool_result
from streaming.simulator.wordings.answers import trajectory
from streaming.simulator.wordings.reasoning import elicit_reasoning

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "reference"
_ACCOUNTS: Final = 25_000
_LEAST: Final = 30
_EXCHANGES: Final = 28_800_000
_DAYS: Final = 45.0


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """The published size times `scale`, at the published rate however long the world is."""
    accounts = max(_LEAST, round(_ACCOUNTS * scale))
    return Effort(
        accounts, round(_EXCHANGES * accounts / _ACCOUNTS), cover=float(rng.uniform(0, 0.3)),
        isolation=float(rng.uniform(0.2, 0.8)), human=float(rng.uniform(0, 0.5)), days=_DAYS,
    )  # fmt: skip


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Agents' sessions with tools under one injected prompt; a second pool of accounts after a ban."""
    rng = stage.rng(name)
    job = Job(
        stage.scene(_agent(stage, rng)), *kit(stage, rng, agent_params),
        talk=log_uniform(rng, 5, 14), begin=stage.clock.at(rng.uniform(0, 0.1)),
    )  # fmt: skip
    move = Move(float(rng.uniform(0.4, 0.7)), float(rng.uniform(0.5, 0.7)), spread=8.0)
    return migrating(stage, rng, name, attacker(_NAME, name), replace(spent, wordings=1), job, move)


def _agent(stage: Stage, rng: np.random.Generator) -> Scene:
    item = dataset(stage, rng, "code_tasks")
    injected = elicit_reasoning(rng, item).whole()
    return Scene(
        Wording.of(injected), trajectory(stage.corpus, rng), system=agent_task(rng, item).system,
        result=tool_result(stage.corpus, rng), items=Items.QUEUE, attack=True,
        output=(rng.uniform(250, 700), 0.7), hidden=rng.uniform(0.2, 1.5),
    )  # fmt: skip


FAMILY = Family(_NAME, "The published campaign, at any scale.", effort, cast)
