"""Opens what judges tokens, from what an operator says."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from detector.hook.errors import HookError
from detector.hook.tokens.desk import TokenDesk
from detector.hook.tokens.telemetry import TokenTelemetry
from detector.human.assembly import build
from detector.human.errors import HumanTokenError
from detector.human.opening import opened_spent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.human.assembly import Options
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log
    from detector.telemetry.metrics.instruments import Instruments


class TokenError(HookError):
    """Tokens cannot be taken: says which option, and the remedy."""


@contextmanager
def opened_tokens(
    options: Options, secret: bytes, spent: str, clock: Clock, instruments: Instruments, log: Log
) -> Iterator[TokenDesk]:
    """A desk over the spent tokens at a URL, which are closed at the end of the block.

    Challenges are bound to accounts under `secret`.

    Raises `TokenError`, and `StoreUnavailable`.
    """
    with ExitStack() as stack:
        try:
            verifier = build(replace(options, secret=secret), stack.enter_context(opened_spent(spent)), log)
        except (HumanTokenError, ValueError) as error:
            raise TokenError(str(error)) from None
        yield TokenDesk(verifier, clock, TokenTelemetry(instruments), log)
