"""What a person is advised to do about a campaign, and how it is named in MITRE ATLAS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.alert import TECHNIQUES
from detector.campaigns.kinds import kind_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.campaigns.campaign import SharedObject

CERTAIN: Final = 0.9
"""From this score on a step that is felt is advised, always after a look at the evidence."""

MOSTLY: Final = 0.5
IDENTITY: Final = ("payment", "device", "signup")
"""Kinds of objects by which the next account of the same operator can be told when it signs up."""

NOTHING: Final = "nothing: no member is held to be distilling any more"
OVER: Final = "nothing: these accounts are no such group any more"

POOL: Final = (
    "nothing against its customers: know it as a pool, and ask its operator for them should a campaign run "
    "through it"
)
SEARCH: Final = (
    "ask what is being tested, and watch for new accounts that are run the same way; limit nothing, for red "
    "teams do this, too"
)


def action(score: float, relay_share: float, *, migrated: bool, shared: Sequence[SharedObject]) -> str:
    """The next step, by how probable distillation is and what links the members."""
    if relay_share >= MOSTLY:
        return (
            "ask the operator of the relay for the customers behind these requests and limit those; "
            "other customers of the relay may be honest"
        )
    if score < CERTAIN:
        return "review the members with the most requests against their stated purpose; limit nothing yet"
    watch = [kind_name(one.kind) for one in shared if one.kind in IDENTITY]
    if migrated and watch:
        return f"suspend the members together and hold new accounts that share their {watch[0]}"
    if migrated:
        return "suspend the members together, since work moved on when single accounts were stopped"
    return "review the evidence, then limit the rates of all members at once and ask for the purpose of use"


def techniques(label: str) -> tuple[str, ...]:
    """ATLAS techniques that a campaign of this label shows."""
    if label == "distillation":
        return TECHNIQUES["extraction"], TECHNIQUES["access"]
    return (TECHNIQUES["access"],) if label == "relay" else ()
