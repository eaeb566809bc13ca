"""What the API takes and answers. Times are ms since the epoch."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from detector.alert import Kind  # noqa: TC001 - msgspec reads annotations at run time
from detector.casework.records import BulkChange, Comment, ExceptionKind, Exempt, SavedView, Scope
from detector.casework.statuses import Queue, Status, Verdict  # noqa: TC001 - as above
from detector.console.desk.models import DriftBody, ModelsBody, ShadowBody
from detector.console.desk.turning import TurningBody
from detector.console.desk.versions import VersionBody, VersionRow
from detector.dossier.records import AccountDossier, CampaignDossier, Measurement, Sharing
from detector.people.roles import Role  # noqa: TC001 - as above

Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
Why = Annotated[str, msgspec.Meta(max_length=2000)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Filters = Annotated[str, msgspec.Meta(max_length=4096)]
Moment = Annotated[int, msgspec.Meta(ge=0, le=1 << 52)]


class CaseBody(msgspec.Struct, frozen=True):
    """An alert, and what people made of it; fields as of `detector.casework.records.Case`."""

    case_id: str
    kind: Kind
    subject_id: str
    campaign_id: str | None
    label: str
    score: float
    severity: int
    alert_status: str
    revision: int
    first_seen: int
    last_seen: int
    accounts: int
    exchanges: int
    leaked: int
    opened: int
    status: Status
    verdict: Verdict | None
    confidence: float | None
    judged_by: str | None
    judged: int | None
    assignee: str | None
    due: int
    closed: int | None
    merged_into: str | None
    queue: Queue
    version: int
    tags: tuple[str, ...]


class CasePage(msgspec.Struct, frozen=True):
    """Some cases; `cursor` asks for those that follow."""

    items: tuple[CaseBody, ...]
    cursor: str | None


class RelationBody(msgspec.Struct, frozen=True):
    """A related case, and what relates it."""

    case: CaseBody
    campaign: bool
    objects: int


class ChangeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a case; what is left out stays. Empty: assigned to nobody, merged into none."""

    status: Status | None = None
    verdict: Verdict | None = None
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    assignee: Annotated[str, msgspec.Meta(max_length=256)] | None = None
    add_tags: Annotated[tuple[Tag, ...], msgspec.Meta(max_length=32)] = ()
    remove_tags: Annotated[tuple[Tag, ...], msgspec.Meta(max_length=32)] = ()
    merge_into: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    why: Why = ""


class ChangedBody(msgspec.Struct, frozen=True):
    """The case as it is now, and the audit's entry that undoes the change; null: nothing changed."""

    case: CaseBody
    entry: int | None


class BulkBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cases by id, or all of a query as the console's address holds it; and what becomes of them."""

    change: ChangeBody
    cases: Annotated[tuple[Id, ...], msgspec.Meta(max_length=500)] = ()
    query: Filters | None = None


class SelectionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As `BulkBody`, to count only."""

    cases: Annotated[tuple[Id, ...], msgspec.Meta(max_length=500)] = ()
    query: Filters | None = None


class PreviewBody(msgspec.Struct, frozen=True):
    """How many cases a change would reach, and the first of them."""

    count: int
    is_more: bool
    sample: tuple[CaseBody, ...]


class BulkDone(msgspec.Struct, frozen=True):
    """What was done; `entries`, such as `7-9,12`, undo it."""

    changed: int
    refused: int
    entries: str


class BulkBegun(msgspec.Struct, frozen=True):
    """A change that goes on by itself."""

    job_id: str


class UndoBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of the audit's entries, such as `7-9,12`."""

    entries: Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]


class UndoneBody(msgspec.Struct, frozen=True):
    """What became of an entry; `kept` fields were changed again since, and stay."""

    entry: int
    case_id: str | None
    restored: tuple[str, ...]
    kept: tuple[str, ...]


class TextBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]


class ExceptionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An allow-list entry or a snooze; a snooze has an end. A detector is `KIND/LABEL` of its alerts."""

    kind: ExceptionKind
    scope: Scope
    subject: Id
    reason: Reason
    until: Moment | None = None


class ViewBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A query as the console's address holds it."""

    query: Annotated[str, msgspec.Meta(max_length=2000)]
    shared: bool = False


class RevealBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which sample, and why somebody has to read it."""

    account_id: Id
    event_id: Id
    why: Reason


class SampleBody(msgspec.Struct, frozen=True):
    """A request that was kept; `has_content`: its text is sealed."""

    account_id: str
    event_id: str
    time: int
    facts: dict[str, str]
    has_content: bool


class PersonBody(msgspec.Struct, frozen=True):
    """Somebody who may sign in."""

    user_id: str
    name: str
    role: Role
    created: int
    disabled: int | None
    has_password: bool
    issuer: str | None


class NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to be let in."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    role: Role


class PersonChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays."""

    role: Role | None = None
    disabled: bool | None = None


class InvitedBody(msgspec.Struct, frozen=True):
    """Somebody, and the link by which they choose a password: shown once."""

    person: PersonBody
    link: str


class TurnBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why another version is to be used, and its name once more."""

    why: Reason
    confirm: Annotated[str, msgspec.Meta(max_length=64)]


class AuditBody(msgspec.Struct, frozen=True):
    """Who did what, when and why; `before` and `after` are JSON as text."""

    number: int
    time: int
    actor: str
    action: str
    object_kind: str
    object_id: str
    before: str | dict[str, str] | None
    after: str | dict[str, str] | None
    why: str
    previous: str
    digest: str


class DeliveryBody(msgspec.Struct, frozen=True):
    """A finding on its way to a sink."""

    number: int
    sink: str
    object_kind: str
    object_id: str
    revision: int
    status: str
    attempts: int
    due: int
    created: int
    done: int | None
    error: str | None


class SinkBody(msgspec.Struct, frozen=True):
    """Where findings go, without secrets."""

    name: str
    kind: str
    created: int


class PrecisionBody(msgspec.Struct, frozen=True):
    """True positives of what was judged true or false in a week, with the 95 % interval of their share."""

    week: int
    right: int
    judged: int
    low: float
    high: float


class OverviewBody(msgspec.Struct, frozen=True):
    """How things stand; shares are of events that say a field."""

    since: int
    step: int
    series: dict[str, list[tuple[int, float]]]
    health: dict[str, float | None]
    precision: tuple[PrecisionBody, ...]
    work: dict[str, int]
    model_id: str | None
    letters: dict[str, int]
    exports: dict[str, dict[str, int]]


SCHEMAS: Final = (
    CaseBody, CasePage, RelationBody, ChangeBody, ChangedBody, BulkBody, SelectionBody, PreviewBody, BulkDone,
    UndoBody, UndoneBody, TextBody, ExceptionBody, ViewBody, RevealBody, SampleBody, PersonBody, NewPerson,
    PersonChange, InvitedBody, AuditBody, DeliveryBody, SinkBody, OverviewBody, Comment, Exempt, SavedView,
    AccountDossier, CampaignDossier, Measurement, Sharing, TurnBody, ModelsBody, VersionBody, VersionRow,
    TurningBody, ShadowBody, DriftBody, BulkBegun, BulkChange,
)  # fmt: skip
