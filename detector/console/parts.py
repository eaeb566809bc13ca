"""What the console's routers are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

    from detector.console.assets import Assets
    from detector.console.desk.desk import Desk
    from detector.hook.decide import Decider
    from detector.people.parts import PeopleParts


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """Shared by all routers; belongs to the event loop, besides the desk, which threads use."""

    people: PeopleParts
    desk: Desk
    assets: Assets
    templates: Environment
    decider: Decider
    """what gateways are answered by"""
