"""Labels from what people decided: verdicts of cases, and campaigns whose members inherit one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.retrain.labels import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from detector.casework.records import Case
    from detector.casework.statuses import Verdict
    from detector.retrain.labels import Said

INHERITED: Final = 0.5
"""Weight of a member beside the verdict on its campaign: nobody looked at the member itself."""
UNSURE: Final = 0.7
"""Confidence of a verdict that names none."""

_CLEARED: Final[Mapping[Verdict, Said]] = {"false_positive": "benign", "benign_positive": "authorised"}
_CONFIRMED: Final = ("true_positive_impact", "true_positive_no_impact")


def from_cases(cases: Iterable[Case], members: Mapping[str, Sequence[str]]) -> Iterator[Label]:
    """Labels of judged cases; `members` are the accounts of each campaign, by its id.

    A duplicate or an undetermined case says nothing. An accusation holds from the first alert on, anything
    else always.
    """
    for case in cases:
        said = _said(case)
        if said is None or case.judged is None or case.confidence == 0.0:
            continue
        if case.kind == "account":
            yield _label(case, said, case.judged, case.subject_id, 1.0)
        else:
            for account in members.get(case.subject_id, ()):
                yield _label(case, said, case.judged, account, INHERITED)


def _said(case: Case) -> Said | None:
    if case.verdict is None:
        return None
    if case.verdict in _CONFIRMED:
        return "relay" if case.label == "relay" else "distillation"
    return _CLEARED.get(case.verdict)


def _label(case: Case, said: Said, judged: int, account: str, share: float) -> Label:
    sure = UNSURE if case.confidence is None else case.confidence
    return Label(
        account, said, share * sure, "verdict" if share == 1.0 else "campaign", case.judged_by or "unknown",
        judged, case.first_seen if said == "distillation" else 0, case.campaign_id or "",
    )  # fmt: skip
