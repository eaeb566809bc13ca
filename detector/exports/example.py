"""A made-up finding, for trying a sink out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.alert import Alert, Reason
from detector.exports.finding import Finding

if TYPE_CHECKING:
    from detector.exports.finding import Product


def example(product: Product, now: int) -> Finding:
    """About an account that nobody can have; `now` in ms."""
    alert = Alert(
        subject_id="stillwatch-test",
        kind="account",
        revision=1,
        time=now,
        label="test",
        score=0.0,
        status="open",
        reasons=(Reason("test", 1.0, "this is a test of the sink; nothing was found"),),
        model_id="none",
        shadow=True,
    )
    return Finding(alert.to_json(), None, None, "create", 1, product)
