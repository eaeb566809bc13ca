"""What every gateway's endpoint does: let the caller in, decide, count, and never fail the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from detector.hook.problems import Problem
from detector.telemetry.fields import Failure, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.hook.decision import Decision, Facts
    from detector.hook.parts import Parts

_REASONS = {"no-key": "unauthorized", "scope": "unauthorized", "rate": "rate"}


async def ask(
    parts: Parts,
    gateway: str,
    headers: Mapping[str, str],
    facts: Facts,
    client: Mapping[str, str] | None = None,
) -> Decision:
    """The decision for a gateway that takes an error of ours for a denial.

    A wrong key, too many calls or a fault of ours let the request through, counted; under fail-closed
    they refuse it. `client` are the headers that may hold a client's token; None: the gateway hands none on.
    """
    try:
        parts.keys.admit(headers, "decide")
        decision = await decided(parts, facts, client)
    except Problem as problem:
        decision = parts.decider.bypassed(_REASONS.get(problem.name, "error"))
    except Exception as error:  # noqa: BLE001 - whatever it is, the API must go on
        parts.log.error("decision failed", gateway=Name(gateway), failure=Failure(error))  # noqa: TRY400 - no traceback, it may quote
        decision = parts.decider.bypassed("error")
    return settled(parts, gateway, decision)


async def decided(parts: Parts, facts: Facts, client: Mapping[str, str] | None) -> Decision:
    """The decision, which a token among the client's headers may have answered."""
    decision = parts.decider.decide(facts)
    if decision.action != "challenge" or parts.tokens is None or client is None:
        return decision
    return await parts.tokens.answered(decision, client)


def bypass(parts: Parts, gateway: str, why: str) -> Decision:
    """The decision where what the gateway sent makes no sense."""
    return settled(parts, gateway, parts.decider.bypassed(why))


def settled(parts: Parts, gateway: str, decision: Decision) -> Decision:
    """A decision under the fail mode, counted."""
    if decision.bypass is not None and parts.settings.fail == "closed":
        decision = msgspec.structs.replace(decision, enforced="block")
    parts.telemetry.decided(gateway, decision)
    return decision
