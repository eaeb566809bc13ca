"""Dossiers: everything about an account or a campaign that its page shows."""

from __future__ import annotations

from typing import Literal

import msgspec


class Weighed(msgspec.Struct, frozen=True, gc=False):
    """What one feature adds to the logit of an account's score, beside what is usual."""

    feature: str
    weight: float
    value: float | None
    """None where the log said nothing of it"""
    low: float | None
    middle: float | None
    high: float | None
    """of the account's cohort: 10 %, half, and 90 % have less"""


class ShownObject(msgspec.Struct, frozen=True, gc=False):
    """Something that the account has in common with others: a kind and a keyed hash."""

    object_id: str
    kind: str
    requests: int
    accounts: int
    """that show it, this one included"""


class Pointer(msgspec.Struct, frozen=True, gc=False):
    """A fact for or against, in words."""

    code: str
    detail: str


class AccountDossier(msgspec.Struct, frozen=True):
    """An account at the end of a tick."""

    account_id: str
    time: int
    """ms"""
    label: str
    score: float
    """what its features give at `time`; the verdict's is of when it was last judged"""
    relay: float
    """calibrated probability that it resells"""
    campaign_id: str | None
    model_id: str
    requests: int
    answered: int
    leaked: int
    """answered before the first alert; 0 where there was none"""
    first_seen: int
    last_seen: int
    first_alert: int
    """0: never"""
    rest: float
    """`rest` and the weights of all features add up to the logit of the score"""
    features: tuple[Weighed, ...]
    """of every feature, the heaviest first, whatever the sign"""
    objects: tuple[ShownObject, ...]
    """what it shares, the rarest first"""
    facts: dict[str, str]
    """what else is known, in words: sign-up, networks, clients, its busiest day"""
    against: tuple[Pointer, ...]
    """what lowers the score, by feature; then `honest_<feature>`: the honest cause of what raises it most"""


class LinkedObject(msgspec.Struct, frozen=True):
    """An object that links members."""

    object_id: str
    kind: str
    members: int
    others: int
    requests: int
    weight: float


class MemberShown(msgspec.Struct, frozen=True):
    """A member of a campaign."""

    account_id: str
    score: float
    requests: int
    answered: int
    joined: int
    """ms, first request"""
    banned: int
    """ms; 0: never"""
    objects: tuple[int, ...]
    """of the campaign's `objects`, which it shows"""


class Moment(msgspec.Struct, frozen=True):
    """Something that happened to a campaign."""

    time: int
    kind: Literal["alert", "ban", "release", "joined", "merged", "split", "successor", "cleared"]
    detail: str


class CampaignDossier(msgspec.Struct, frozen=True):
    """A campaign at the end of a tick."""

    campaign_id: str
    time: int
    label: str
    status: str
    score: float
    sentence: str
    """what it is, in one sentence"""
    accounts: int
    requests: int
    """of its members, in what they have in common; `answered` and `leaked` are parts of these"""
    answered: int
    leaked: int
    """answered before the first alert of each member"""
    first_seen: int
    last_seen: int
    first_alert: int
    action: str
    techniques: tuple[str, ...]
    indicators: tuple[Pointer, ...]
    against: tuple[Pointer, ...]
    """honest explanations that were considered, see `detector.dossier.honest`; those that hold come first"""
    objects: tuple[LinkedObject, ...]
    """heaviest first"""
    members: tuple[MemberShown, ...]
    """the busiest; `accounts` counts all"""
    template: tuple[str, ...]
    """the shared wording with its slots, as far as text may be kept; else what is known of it in words"""
    infrastructure: tuple[ShownObject, ...]
    """networks, clients, devices and payments, by requests"""
    moments: tuple[Moment, ...]
    """in order of time"""
    merged: tuple[str, ...]
    split_from: str | None


class Measurement(msgspec.Struct, frozen=True):
    """How a subject stood at a time."""

    time: int
    score: float
    exchanges: int
    leaked: int
    accounts: int
    coverage: float | None
    """estimated probability that its next item was asked before, or None where that means nothing"""


class Sample(msgspec.Struct, frozen=True):
    """A request of an alerted account, kept only where the operator chose so."""

    account_id: str
    event_id: str
    time: int
    facts: dict[str, str]
    """model, sizes, parameters: no text"""
    content: bytes | None
    """sealed; None where only facts are kept"""


class Point(msgspec.Struct, frozen=True):
    """A number of a step of time."""

    time: int
    """when the step began, ms"""
    value: float


class Sharing(msgspec.Struct, frozen=True):
    """An account that shows an object, and what is thought of it."""

    account_id: str
    requests: int
    """that show it"""
    label: str | None
    score: float | None
    status: str | None
