"""An issuer whose tokens are taken, and its keys as far as they are at hand."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from detector.human.addresses import parse_authority
from detector.human.directory import MEDIA_TYPE, PATH, parse_directory
from detector.human.errors import HumanTokenError
from detector.human.freshness import CachePolicy
from detector.telemetry.fields import Failure, Name

if TYPE_CHECKING:
    from detector.human.fetching import Fetcher
    from detector.human.issuer_key import IssuerKey
    from detector.telemetry.logs import Log


@dataclass(frozen=True, slots=True)
class _Held:
    """Keys, and until when (ms) they may be used without having been looked at again."""

    keys: tuple[IssuerKey, ...] = ()
    until: int = 0


class Issuer:
    """Keys are read from memory and fetched beside requests; for any number of threads.

    Raises `FetchError` if the name cannot be one of a host.
    """

    def __init__(self, name: str, fetcher: Fetcher, log: Log, policy: CachePolicy | None = None) -> None:
        self.name = parse_authority(name).text
        self._fetcher = fetcher
        self._log = log
        self._policy = policy or CachePolicy()
        self._held = _Held()
        self._attempted: int | None = None
        self._due = 0
        self._fetching = Lock()

    def keys(self, now: int) -> tuple[IssuerKey, ...]:
        """In the issuer's order of preference; none if they were never had, or are too old."""
        held = self._held
        return held.keys if now < held.until else ()

    def key(self, key_id: bytes, now: int) -> IssuerKey | None:
        """The key that signed a token; one that is unknown is looked for at a later refresh."""
        for key in self.keys(now):
            if key.key_id == key_id:
                return key
        self._want()
        return None

    def offered(self, now: int) -> IssuerKey | None:
        """The key to name in challenges: the first that clients use already."""
        return next((key for key in self.keys(now) if key.begun(now // 1000)), None)

    def refresh(self, now: int) -> None:
        """Fetch the directory if it is due. A failure is logged, and the keys stay for a while."""
        if now < self._due or not self._fetching.acquire(blocking=False):
            return
        try:
            self._attempted = now
            self._fetch(now)
        except HumanTokenError as error:
            self._due = now + self._policy.retry
            self._log.warning("issuer_keys_failed", issuer=Name(self.name), error=Failure(error))
        finally:
            self._fetching.release()

    def _fetch(self, now: int) -> None:
        document = self._fetcher.get(self.name, PATH, MEDIA_TYPE)
        keys = parse_directory(document.body)
        fresh = self._policy.lifetime(document.cache_control, document.age)
        self._held = _Held(keys, now + fresh + self._policy.stale)
        self._due = now + fresh
        self._log.info("issuer_keys_fetched", issuer=Name(self.name), keys=len(keys))

    def _want(self) -> None:
        if self._attempted is not None:
            self._due = min(self._due, self._attempted + self._policy.wanted)
