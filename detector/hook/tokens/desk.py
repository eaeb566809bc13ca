"""Judges the tokens of requests that are challenged."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

import msgspec

from detector.hook.decide import ANSWERED
from detector.human.redemption import Reason, Redemption, Status
from detector.telemetry.fields import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.hook.decision import Decision
    from detector.hook.tokens.telemetry import TokenTelemetry
    from detector.human.verifier import TokenVerifier
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log

THREADS: Final = 2
WAITING: Final = 64
"""tokens that wait to be judged; beyond them none is, or forged ones would take the time of all"""
JUDGE_SECONDS: Final = 0.15
"""for which a request waits for the store of spent tokens; gateways wait 0.2 s for us"""
REFRESH_SECONDS: Final = 60.0


class TokenDesk:
    """Used by one event loop; the verifier waits for its store and for issuers in threads of its own."""

    def __init__(self, verifier: TokenVerifier, clock: Clock, telemetry: TokenTelemetry, log: Log) -> None:
        self._verifier = verifier
        self._clock = clock
        self._telemetry = telemetry
        self._log = log
        self._judges = ThreadPoolExecutor(THREADS, "token")
        self._fetcher = ThreadPoolExecutor(1, "issuer-keys")
        self._room = BoundedSemaphore(WAITING)

    async def answered(self, challenged: Decision, headers: Mapping[str, str]) -> Decision:
        """What becomes of a challenge: with a valid token this one request passes.

        Else the decision says what to ask for. `headers` are the client's, names in lower case.
        """
        scope = (challenged.account_id or "").encode("utf-8", "surrogatepass")
        found = Redemption(Reason.ABSENT)
        if self._verifier.presented(headers):
            found = await self._judged(headers, scope)
        self._telemetry.judged(found.reason)
        # Neither may be kept for the account's next request: that one may hold a token, or none.
        changed = msgspec.structs.replace(challenged, ttl=0, human_token=found.status.value)
        if found.status is Status.VALID:
            return msgspec.structs.replace(changed, action="allow", enforced="allow", reason=ANSWERED)
        asked = self._verifier.challenges(scope, self._clock.now())
        return msgspec.structs.replace(changed, challenges=asked)

    async def run(self) -> None:
        """Fetch the keys of issuers now and then each minute, until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                await loop.run_in_executor(self._fetcher, self._refresh)
                await asyncio.sleep(REFRESH_SECONDS)
        finally:
            self._fetcher.shutdown(wait=False, cancel_futures=True)
            self._judges.shutdown(wait=False, cancel_futures=True)

    def _refresh(self) -> None:
        try:
            self._verifier.refresh(self._clock.now())
        except Exception as error:  # noqa: BLE001 - a desk whose keys ran out would challenge for ever
            self._log.error("issuer keys failed", failure=Failure(error))

    async def _judged(self, headers: Mapping[str, str], scope: bytes) -> Redemption:
        if not self._room.acquire(blocking=False):
            return Redemption(Reason.BUSY)
        judging = self._judges.submit(self._verifier.redeem, headers, scope, self._clock.now())
        # When it is over, and not when nobody waits any more: it may take a thread for much longer.
        judging.add_done_callback(lambda _: self._room.release())
        try:
            return await asyncio.wait_for(asyncio.wrap_future(judging), JUDGE_SECONDS)
        except TimeoutError:
            return Redemption(Reason.STORE_UNAVAILABLE)
