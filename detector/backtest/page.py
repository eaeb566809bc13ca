"""A backtest as sections of tables, and as a page without script or outside resource."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from detector.evaluate.report.document import Figure, Section, Table
from detector.evaluate.report.drawing import WIDTH, Axis, Drawing, Tick, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from detector.backtest.results import Backtest, Side

_SIDES: Final = ("champion", "candidate")
_HEIGHT: Final = 220.0
_LEFT: Final = 60.0


def as_html(backtest: Backtest) -> str:
    """The page."""
    environment = Environment(
        loader=PackageLoader("detector"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = str
    page = environment.get_template("backtest.html.jinja")
    return page.render(backtest=backtest, sections=list(sections(backtest)))


def sections(backtest: Backtest) -> Iterator[Section]:
    """All of it, in order."""
    yield Section("Champion and candidate", (_about(backtest),), backtest.warnings, _figures(backtest))
    yield Section("On whom they disagree", items=tuple(_disagreed(backtest)))
    yield from _tables(backtest)


def summary(backtest: Backtest) -> Table:
    """The figures of both."""
    sides = backtest.champion, backtest.candidate
    rows = [
        ("thresholds", *(one.thresholds for one in sides)),
        ("alerts of accounts", *(f"{one.account_alerts:,}" for one in sides)),
        ("alerts of campaigns", *(f"{one.campaign_alerts:,}" for one in sides)),
        ("analysts' hours", *(f"{one.hours:,.1f}" for one in sides)),
        ("accounts alerted", *(f"{one.alerted:,}" for one in sides)),
    ]
    if backtest.judged:
        rows += [
            ("distilling, found", *(f"{one.found:,}" for one in sides)),
            ("distilling, missed", *(f"{one.missed:,}" for one in sides)),
            ("leaked before", *(f"{one.leaked:,}" for one in sides)),
            ("benign, alerted", *(f"{one.wrong:,}" for one in sides)),
            ("relays, alerted", *(f"{one.relays:,}" for one in sides)),
            ("unjudged, alerted", *(f"{one.unjudged:,}" for one in sides)),
        ]
    return Table(
        "Both over the same history",
        ("", *(_called(one) for one in zip(_SIDES, sides, strict=True))),
        tuple(rows),
    )


def slice_table(backtest: Backtest, *, everything: bool) -> Table:
    """Slices; unless `everything`, those in which somebody was alerted or something leaked."""
    head = ("slice", "is", "accounts", "champion", "candidate", "both", "leaked")
    rows = tuple(
        (
            f"{one.dimension}: {one.name}",
            one.label, f"{one.accounts:,}", f"{one.champion:,}",
            f"{one.candidate:,}", f"{one.both:,}", f"{one.champion_leaked:,} / {one.candidate_leaked:,}",
        )
        for one in backtest.slices
        if everything or one.champion or one.candidate or one.champion_leaked
    )  # fmt: skip
    return Table("Accounts alerted, by slice", head, rows)


def action_table(backtest: Backtest) -> Table:
    """What the policies would have done."""
    head = ("label", "action", "champion", "candidate", "its requests", "candidate's requests")
    rows = tuple(
        (
            one.label, one.action, f"{one.champion:,}", f"{one.candidate:,}", f"{one.champion_requests:,}",
            f"{one.candidate_requests:,}",
        )
        for one in backtest.actions
    )  # fmt: skip
    return Table("Accounts by what the policy would do at the end", head, rows)


def _called(side: tuple[str, Side]) -> str:
    return f"{side[0]} {side[1].model_id}"


def _about(backtest: Backtest) -> str:
    begin, end = (datetime.fromtimestamp(at / 1000, UTC) for at in (backtest.begin, backtest.end))
    return (
        f"{backtest.events:,} events of {backtest.accounts:,} accounts, {begin:%Y-%m-%d %H:%M} to "
        f"{end:%Y-%m-%d %H:%M} UTC; {backtest.judged:,} accounts with a label; {backtest.minutes:g} minutes "
        "of an analyst for an alert."
    )


def _disagreed(backtest: Backtest) -> Iterator[str]:
    yield f"Both alert {backtest.both:,} accounts."
    for who, names in (("champion", backtest.only_champion), ("candidate", backtest.only_candidate)):
        if names:
            yield f"The {who} alone: {', '.join(names)}"


def _figures(backtest: Backtest) -> tuple[Table | Figure, ...]:
    drawn = _over_time(backtest)
    return (Figure("Alerts raised so far, over days", drawn), summary(backtest))


def _over_time(backtest: Backtest) -> Drawing:
    sides = backtest.champion.raised, backtest.candidate.raised
    x = Axis(0, max(backtest.days, 1 / 24), WIDTH)
    y = Axis(0, max(*(len(one) for one in sides), 1), _HEIGHT, upward=True)
    lines = tuple(line(_steps(raised, backtest.begin, x, y), at) for at, raised in enumerate(sides))
    ticks = (Tick(y.at(0), "0"), Tick(y.at(y.high), f"{y.high:,.0f}"))
    return Drawing("Alerts", _HEIGHT, "days", x.ticks(), ticks, lines=lines, legend=_SIDES, left=_LEFT)


def _steps(raised: Sequence[int], begin: int, x: Axis, y: Axis) -> list[tuple[float, float]]:
    places = [(x.at(0), y.at(0))]
    for number, at in enumerate(sorted(raised)):
        day = x.at((at - begin) / 86_400_000)
        places += [(day, y.at(number)), (day, y.at(number + 1))]
    return [*places, (x.length, y.at(len(raised)))]


def _tables(backtest: Backtest) -> Iterator[Section]:
    found = slice_table(backtest, everything=True)
    if found.rows:
        yield Section("By slice", parts=(found,))
    if backtest.actions:
        yield Section("What the policy would have done", parts=(action_table(backtest),))
