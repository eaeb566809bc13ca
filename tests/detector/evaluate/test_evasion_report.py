from __future__ import annotations

import msgspec

from detector.evaluate.rates import Rate
from detector.evaluate.report import robustness
from detector.evaluate.report.evading import evaded, price_of_staying_below, searched
from detector.evaluate.results import AdaptiveResult, AdaptiveStep, Attack, Curve, CurvePoint

RATE = Rate.of(3, 20)


def point(at: float, kept: float, dollars: float, paid: float | None) -> CurvePoint:
    """A point where so much is kept at such a price."""
    return CurvePoint(at, RATE, RATE, 1.0, RATE, kept, 10.0, dollars, paid)


def curve(*points: CurvePoint) -> Curve:
    """One knob of one family."""
    return Curve("loud", "cover", "share", points, "4 campaigns a point")


def result(worst: AdaptiveResult | None = None) -> AdaptiveResult:
    """A search of three tries."""
    step = AdaptiveStep(1, RATE, 1.0, "as it is", 2.0)
    attack = Attack("naive", RATE, RATE, RATE, 0.0, 100.0, None)
    return AdaptiveResult("loud", "3 tries", (step,), (2.0, 1.0, 4.0), (attack,), worst)


def test_the_price_of_staying_below_is_the_cheapest_that_keeps_enough() -> None:
    """Among points that keep nine tenths, the least paid for kept answers, against the unwatched price."""
    told = price_of_staying_below(
        "loud",
        [curve(point(0.0, 0.1, 50, 500), point(0.5, 0.95, 150, 160), point(0.9, 0.99, 200, 210))],
    )
    assert "costs 50 dollars for a thousand answers, and keeps 10.0 %" in told
    assert "is cover 0.5, at 160 dollars" in told
    assert "3.2 times as much" in told


def test_an_attack_that_is_not_stopped_pays_nothing() -> None:
    """The report says so in plain words."""
    told = price_of_staying_below("loud", [curve(point(0.0, 0.95, 50, 52), point(0.9, 1.0, 90, 90))])
    assert told.endswith("it need not pay to stay below.")


def test_where_nothing_evades_the_best_is_named() -> None:
    """No price keeps enough, and a point that keeps nothing has none."""
    told = price_of_staying_below("loud", [curve(point(0.0, 0.0, 50, None), point(0.9, 0.4, 90, 220))])
    assert "nothing tried keeps 90.0 %: the most is 40.0 %, by cover 0.9" in told


def test_points_have_their_intervals_in_the_plot_and_their_prices_in_the_table() -> None:
    """Two whiskers a point, within the drawing, and a row for each point beside the price list."""
    one = curve(point(0.0, 0.0, 50, None), point(0.9, 0.4, 90, 220))
    drawing = evaded(one)
    assert sum(line.thin for line in drawing.lines) == len(drawing.dots) == 4
    section = robustness.evaded([one])
    table, prices = section.tables
    assert [row[1] for row in table.rows] == ["0", "0.9"]
    assert [row[8] for row in table.rows] == ["nothing kept", "220"]
    assert any(row[0] == "payment card" for row in prices.rows)
    assert section.items[0].startswith("loud: unwatched")


def test_both_searches_are_drawn_and_told() -> None:
    """A dot for each try, a line that only rises, and the worst case beside the blind search."""
    found = result(worst=msgspec.structs.replace(result(), budget="seeing scores"))
    drawing = searched(found)
    assert len(drawing.dots) == 6
    assert drawing.legend == ("seeing alerts", "seeing scores")
    heights = [float(place.split(",")[1]) for place in drawing.lines[0].points.split()]
    assert heights == sorted(heights, reverse=True)
    section = robustness.adaptive(found)
    assert len(section.tables) == 4
    assert all(table.caption.startswith("Synthetic.") for table in section.tables)
    assert len(searched(result()).dots) == 3
