"""Versions of the model: what they are, how they differ, and which one is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from detector.console.desk.errors import DeskError, Missing, Senseless
from detector.console.desk.turning import LOOKED_AT, artefact_of, turning
from detector.console.desk.versions import VersionRow, version_body, version_row, version_rows
from detector.drift.report import Proposal, Report, proposal
from detector.drift.stored import stored_report
from detector.registry.disagreement import Disagreement, disagreements
from detector.registry.keys import KEY_VARIABLE, read_key
from detector.registry.packing import CARD, CARD_HTML
from detector.registry.registry import Actor, Registry
from detector.registry.standing import standing
from detector.store.audit_chain import append, hold
from detector.store.audit_entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detector.console.desk.sources import Sources
    from detector.console.desk.turning import TurningBody
    from detector.console.desk.versions import VersionBody
    from detector.people.guard import Visitor
    from detector.registry.standing import Standing

KIND: Final = "model"
"""of the audit's objects"""
DAYS: Final = 14
"""of shadow scores and of drift that are shown"""
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where versions are; `environ` names the key that is trusted, and the one that changes are signed by."""

    folder: Path
    environ: Mapping[str, str]

    @property
    def may_sign(self) -> bool:
        """Whether this process can change which version is used."""
        return bool(self.environ.get(KEY_VARIABLE))


class ModelsBody(msgspec.Struct, frozen=True):
    """Versions, oldest first. `head` is the number of the history's last entry: changes name it."""

    used: str | None
    """id of the model by which the leader scored last"""
    head: int
    champion: str | None
    challenger: str | None
    returns: str | None
    """the version that a rollback would make champion"""
    may_sign: bool
    versions: tuple[VersionRow, ...]


class ShadowBody(msgspec.Struct, frozen=True):
    """How far champion and challenger agreed on the live stream, by day of event time."""

    days: tuple[Disagreement, ...]


class DriftBody(msgspec.Struct, frozen=True):
    """How far the traffic moved from what the model in use was compared with; null: nothing is proposed."""

    drift: Report
    proposal: Proposal | None


class Outdated(DeskError):  # noqa: N818 - says what is the matter
    """Somebody changed which version is used since it was looked at."""

    def __init__(self, head: int) -> None:
        super().__init__("the registry was changed since; look at it again, and decide anew")
        self.version = head


class Models:
    """`shelf` is None where the service was given no registry; `now` tells ms of the clock.

    Whatever looks at versions raises `RegistryError` where the registry is not whole, and `Missing`.
    """

    def __init__(self, sources: Sources, shelf: Shelf | None, now: Callable[[], int]) -> None:
        self._sources = sources
        self._shelf = shelf
        self._now = now

    @property
    def is_there(self) -> bool:
        """Whether there are versions to show."""
        return self._shelf is not None

    def used(self) -> str | None:
        """Id of the model by which the leader scored last, as far as dossiers say."""
        latest = self._sources.dossiers.latest_accounts(1)
        return latest[0].model_id if latest else None

    def standing(self) -> ModelsBody:
        """All versions."""
        shelf, registry = self._opened()
        past = registry.history()
        now = standing(past)
        return ModelsBody(
            self.used(), len(past), now.champion, now.challenger, _before(now), shelf.may_sign,
            tuple(version_rows(registry, now)),
        )  # fmt: skip

    def version(self, name: str) -> VersionBody:
        """One of them, by its own name or by `champion` or `challenger`."""
        _, registry = self._opened()
        now = registry.standing()
        return version_body(registry, now, _found(now, name))

    def card(self, name: str, *, html: bool) -> bytes:
        """Its card; the page with plots where there is one."""
        _, registry = self._opened()
        folder = registry.checked(_found(registry.standing(), name))
        page = folder / CARD_HTML
        return (page if html and page.exists() else folder / CARD).read_bytes()

    def turning(self, name: str) -> TurningBody:
        """The accounts that it would alert and the model in use does not, and the other way round."""
        _, registry = self._opened()
        folder = registry.checked(_found(registry.standing(), name))
        return turning(artefact_of(folder), self._sources.dossiers.latest_accounts(LOOKED_AT))

    def shadow(self) -> ShadowBody:
        """Of the last days that there are, oldest first."""
        return ShadowBody(tuple(disagreements(self._sources.database, DAYS)))

    def drift(self) -> DriftBody:
        """Of the model in use, as the leader measured it last."""
        report = stored_report(self._sources.database, self.used() or "", DAYS)
        return DriftBody(report, proposal(report))

    def promote(self, who: Visitor, name: str, why: str, confirm: str, head: int) -> VersionRow:
        """Make a version the champion from the next start of whoever uses the registry on.

        `confirm` is the version's name, `head` the history's length on which it was decided. What the gate
        refused is promoted at the command line only. Raises `Outdated`, `Senseless`, `RegistryError`.
        """
        return self._change(who, "promote", name, why, confirm, head)

    def rollback(self, who: Visitor, why: str, confirm: str, head: int) -> VersionRow:
        """Take the last promotion back; `confirm` names who is champion again. Raises as `promote`."""
        return self._change(who, "rollback", None, why, confirm, head)

    def _change(
        self, who: Visitor, action: str, name: str | None, why: str, confirm: str, head: int
    ) -> VersionRow:
        shelf, registry = self._opened()
        by = self._actor(shelf, who, why)
        with self._sources.database.writing() as connection:
            # Of several who change it by consoles, one at a time.
            hold(connection)
            past = registry.history()
            before = standing(past)
            target = _before(before) if name is None else _found(before, name)
            _check(confirm, target, len(past), head)
            # The registry itself refuses what has no way back, and what the gate did not pass.
            version = registry.rollback(by) if name is None else registry.promote(str(target), by)
            after = version_row(registry, registry.standing(), version)
            append(connection, [_told(who, action, before, after, by)])
        return after

    def _actor(self, shelf: Shelf, who: Visitor, why: str) -> Actor:
        why = why.strip()
        if not 0 < len(why) <= _LONGEST or "\0" in why:
            raise Senseless(f"why is empty or too long; give a reason of at most {_LONGEST:,} characters")
        if not shelf.may_sign:
            raise Missing(f"there is no key to sign with; set {KEY_VARIABLE}, or use `stillwatch models`")
        signer = read_key(Path(shelf.environ[KEY_VARIABLE]))
        return Actor(f"{who.name} (console)", self._now(), why, signer)

    def _opened(self) -> tuple[Shelf, Registry]:
        if self._shelf is None:
            raise Missing("this service was given no registry; start it with --registry DIR")
        return self._shelf, Registry.open(self._shelf.folder, self._shelf.environ)


def _before(now: Standing) -> str | None:
    """The champion before the one that is used."""
    return now.champions[-2] if len(now.champions) > 1 else None


def _found(now: Standing, name: str) -> str:
    version = {"champion": now.champion, "challenger": now.challenger}.get(name, name)
    if version is None or version not in now.added:
        raise Missing("the registry has no such version; see the list of models")
    return version


def _check(confirm: str, target: str | None, now: int, head: int) -> None:
    if now != head:
        raise Outdated(now)
    if target is not None and confirm.strip() != target:
        raise Senseless(f"confirm is not the version's name; type {target}")


def _told(who: Visitor, action: str, before: Standing, after: VersionRow, by: Actor) -> Entry:
    """What the audit says of a change."""
    old, new = (msgspec.json.encode({"champion": one}) for one in (before.champion, after.version))
    return Entry(by.now, who.user_id, action, KIND, after.model_id, old, new, by.why)
